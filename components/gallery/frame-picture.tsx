import type { GenerationView } from "@/lib/domain/generation";
import { paths } from "@/lib/paths";

/** The picture a generation grew from (of a clip its first frame), blurred, behind words. */
export function FramePicture({ view }: { view: GenerationView }) {
  const input = view.media.firstFrame ?? view.media.firstClip ?? view.media.lastFrame;
  if (!input) return null;
  return (
    // biome-ignore lint/performance/noImgElement: our own preview bytes, already the right size.
    <img
      src={paths.assetPreview(input.assetId)}
      alt=""
      draggable={false}
      className="absolute inset-0 size-full scale-110 object-cover opacity-40 blur-xl"
    />
  );
}
