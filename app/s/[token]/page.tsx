import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { SharedVideo } from "@/components/share/shared-video";
import { paths } from "@/lib/paths";
import { openShare, shareBaseUrl } from "./open-shared-clip";

type Props = { params: Promise<{ token: string }> };

// A link that was taken back must be gone with the next request.
export const dynamic = "force-dynamic";

const openOnce = cache(openShare);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { token } = await params;
  const [clip, baseUrl] = await Promise.all([openOnce(token), shareBaseUrl()]);
  // Also here, so that the answer is a 404 before anything is streamed.
  if (!clip) notFound();
  const { width, height, title } = clip;
  const address = (path: string) => new URL(path, baseUrl).href;
  const videoUrl = address(paths.sharedVideo(token));
  const posterUrl = address(paths.sharedPoster(token));
  return {
    title: { absolute: title },
    description: descriptionOf(clip.durationSeconds, clip.isDemo),
    robots: { index: false, follow: false },
    openGraph: {
      type: "video.other",
      siteName: "Firstframe",
      title,
      description: descriptionOf(clip.durationSeconds, clip.isDemo),
      url: address(paths.sharePage(token)),
      images: [{ url: posterUrl, width, height, type: "image/jpeg", alt: title }],
      videos: [
        {
          url: videoUrl,
          ...(videoUrl.startsWith("https:") && { secureUrl: videoUrl }),
          type: "video/mp4",
          width,
          height,
        },
      ],
    },
    twitter: { card: "summary_large_image", title, images: [{ url: posterUrl, alt: title }] },
  };
}

/** The clip and nothing else. It plays with scripts off and without sign-in. */
export default async function SharePage({ params }: Props) {
  const { token } = await params;
  const clip = await openOnce(token);
  if (!clip) notFound();
  return (
    <main className="flex min-h-dvh flex-col bg-stage">
      <h1 className="sr-only">{clip.title}</h1>
      <div className="flex flex-1 items-center">
        <SharedVideo clip={clip} token={token} />
      </div>
      <footer className="flex flex-wrap items-center justify-between gap-x-4 px-4 py-3 text-on-scrim-muted text-small">
        <p>{clip.isDemo ? "Made in demo mode: a moving picture, no AI was used." : clip.title}</p>
        <p>Firstframe</p>
      </footer>
    </main>
  );
}

function descriptionOf(durationSeconds: number, isDemo: boolean): string {
  const length = `${Math.round(durationSeconds)} seconds`;
  return isDemo ? `${length}, made in demo mode without AI.` : `${length}, made with Firstframe.`;
}
