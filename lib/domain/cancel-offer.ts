import type { ConnectionPlace } from "./connection";
import type { GenerationView } from "./generation";
import { readRemoteWord } from "./remote-word";

/** Whether a vendor can be asked to take a task back. The AI/ML API's reference names no way to. */
export function takesBack({ vendor }: ConnectionPlace): boolean {
  return vendor === "dashscope";
}

/**
 * Whether a cancel is worth offering: there is something left to take back, nobody has asked for it, and nothing that
 * we know says that it comes too late. DashScope ends a task only while it is PENDING (API reference, "Cancel an
 * asynchronous task"). A cancel that is sure to fail leaves its mark on a film that somebody wanted after all.
 * `place` is null where the connection is no longer known. The server takes a cancel in any of these states.
 */
export function offersCancel(
  { state, cancel, remoteWord }: Pick<GenerationView, "state" | "cancel" | "remoteWord">,
  place: ConnectionPlace | null,
): boolean {
  if (cancel !== null) return false;
  if (state === "queued") return true;
  if (place !== null && !takesBack(place)) return false;
  return state === "submitting" || (state === "running" && readRemoteWord(remoteWord) !== "rendering");
}
