import { AppError } from "@/lib/domain/errors";
import type { GenerationView } from "@/lib/domain/generation";
import type { GenerationPage } from "@/lib/domain/studio";
import type { GenerationRepository } from "./generation-repository";
import { notFound } from "./not-found";

export const PAGE_SIZE = 60;

/** One page of the owner's gallery; `before` is the cursor of an earlier page. */
export async function listGenerations(
  generations: GenerationRepository,
  ownerId: string,
  before: string | null,
): Promise<GenerationPage> {
  const page = await generations.listPage(ownerId, {
    before: before === null ? null : readCursor(before),
    limit: PAGE_SIZE,
  });
  const last = page.generations.at(-1);
  return {
    generations: await generations.toViews(page.generations),
    nextBefore: page.hasMore && last ? `${last.createdAt}.${last.id}` : null,
    highWaterId: page.highWaterId,
  };
}

export async function findGeneration(
  generations: GenerationRepository,
  ownerId: string,
  id: string,
): Promise<GenerationView> {
  const generation = await generations.findOwned(ownerId, id);
  const [view] = generation ? await generations.toViews([generation]) : [];
  if (!view) throw notFound();
  return view;
}

function readCursor(cursor: string): { createdAt: number; id: string } {
  const [, createdAt, id] = /^(\d{1,16})\.(gen_[0-9a-z]{26})$/.exec(cursor) ?? [];
  if (!createdAt || !id) throw new AppError("bad-request", "This page of the gallery does not exist.");
  return { createdAt: Number(createdAt), id };
}
