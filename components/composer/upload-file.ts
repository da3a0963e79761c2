import type { AssetView } from "@/lib/domain/asset";
import type { ErrorView } from "@/lib/domain/errors";
import type { SlotName } from "@/lib/domain/models/model";
import { paths } from "@/lib/paths";

export type UploadResult =
  | { outcome: "stored"; asset: AssetView }
  | { outcome: "refused"; message: string }
  | { outcome: "lost"; message: string }
  | { outcome: "cancelled" };

export type Upload = { done: Promise<UploadResult>; cancel: () => void };

/** Sends the raw body. XMLHttpRequest, because fetch cannot tell how much has been sent. */
export function uploadFile(
  place: { slot: SlotName; modelId: string },
  file: File,
  onProgress: (fraction: number) => void,
): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<UploadResult>((resolve) => {
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => resolve(readAnswer(request, file));
    request.onerror = () => resolve(lost(file));
    request.onabort = () => resolve({ outcome: "cancelled" });
  });
  request.open("POST", paths.upload({ fileName: file.name, ...place }));
  request.setRequestHeader("content-type", "application/octet-stream");
  request.send(file);
  return { done, cancel: () => request.abort() };
}

function readAnswer(request: XMLHttpRequest, file: File): UploadResult {
  const answer = parse(request.responseText);
  if (answer?.asset) return { outcome: "stored", asset: answer.asset };
  const message = answer?.error?.message;
  if (!message) return lost(file);
  // Only a fault of the server's own is worth the same file again.
  return request.status >= 500 ? { outcome: "lost", message } : { outcome: "refused", message };
}

function parse(text: string): { asset?: AssetView; error?: ErrorView } | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function lost(file: File): UploadResult {
  return {
    outcome: "lost",
    message: `“${file.name}” did not arrive: the connection to the studio was lost.`,
  };
}
