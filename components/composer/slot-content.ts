import type { PixelSize } from "@/lib/domain/models/output-size";
import { paths } from "@/lib/paths";
import type { SlotContent } from "./draft";

/** Measured in the browser while it is on its way, by the server once it has arrived. */
export function knownSize(content: SlotContent | undefined): PixelSize | null {
  if (content?.status === "uploading") return content.size;
  if (content?.status !== "ready") return null;
  const { width, height } = content.input;
  return width === null || height === null ? null : { width, height };
}

export function knownSeconds(content: SlotContent | undefined): number | null {
  if (content?.status === "uploading") return content.durationSeconds;
  return content?.status === "ready" ? content.input.durationSeconds : null;
}

/** A small picture to show: the person's own as long as the page has it; of a clip, its first frame once it is stored. */
export function thumbnailUrl(content: SlotContent | undefined): string | null {
  if (!content || content.status === "stopped") return null;
  const isPicture = knownSeconds(content) === null;
  const own = isPicture ? content.localUrl : null;
  return content.status === "uploading" ? own : (own ?? paths.assetPreview(content.input.assetId));
}

/** The whole file, to be read by the page. */
export function fileUrl(content: SlotContent | undefined): string | null {
  if (!content || content.status === "stopped") return null;
  if (content.status === "uploading") return content.localUrl;
  return content.localUrl ?? paths.assetContent(content.input.assetId);
}

export function stoppedMessage(content: SlotContent | undefined): string | null {
  return content?.status === "stopped" ? content.message : null;
}
