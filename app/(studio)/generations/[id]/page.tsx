import type { Metadata } from "next";
import { cache } from "react";
import { loadGeneration, loadStudio } from "@/app/(studio)/load-studio";
import { Studio } from "@/app/(studio)/studio";
import { studioActions } from "@/app/(studio)/studio-actions";
import { generationTitle } from "@/lib/domain/generation-title";

type Props = { params: Promise<{ id: string }> };

const loadOnce = cache(loadGeneration);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: generationTitle(await loadOnce((await params).id)) };
}

/** The studio with one generation open: the player lies over the gallery at whichever address one comes in. */
export default async function GenerationPage({ params }: Props) {
  const [studio, opened] = await Promise.all([loadStudio(), loadOnce((await params).id)]);
  return <Studio studio={studio} opened={opened} actions={studioActions} renderedAt={Date.now()} />;
}
