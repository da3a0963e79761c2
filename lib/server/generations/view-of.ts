import type { GenerationView } from "@/lib/domain/generation";
import type { Generation } from "./generation";
import type { GenerationRepository } from "./generation-repository";
import { notFound } from "./not-found";

/** One generation as its owner sees it. */
export async function viewOf(
  { generations }: { generations: GenerationRepository },
  generation: Generation,
): Promise<GenerationView> {
  const [view] = await generations.toViews([generation]);
  if (!view) throw notFound();
  return view;
}
