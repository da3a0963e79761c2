import type { SharedClipView } from "@/lib/domain/share";
import { paths } from "@/lib/paths";

/** The clip for a stranger: the browser's own player, so that it plays with scripts off. */
export function SharedVideo({ clip, token }: { clip: SharedClipView; token: string }) {
  return (
    // biome-ignore lint/a11y/useMediaCaption: the films come without words to caption.
    <video
      src={paths.sharedVideo(token)}
      poster={paths.sharedPoster(token)}
      width={clip.width}
      height={clip.height}
      controls
      playsInline
      loop
      preload="metadata"
      aria-label={clip.title}
      className="mx-auto h-auto bg-stage"
      // As wide as the window lets it be without cutting off its height.
      style={{
        aspectRatio: `${clip.width} / ${clip.height}`,
        width: `min(100%, calc((100dvh - 44px) * ${clip.width / clip.height}))`,
      }}
    />
  );
}
