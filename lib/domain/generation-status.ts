import type { GenerationState, GenerationView } from "./generation";
import { readRemoteWord } from "./remote-word";

/** How the screen draws a generation. */
export type GenerationLook = "clip" | "in-flight" | "undecided" | "failure" | "withdrawn";

type Status = {
  look: (view: GenerationView) => GenerationLook;
  /** The state in words, as a heading. */
  title: (view: GenerationView) => string;
};

const CANCELLING = "Cancelling…";

// A record over all states: a new state fails the build until it has a look and words.
const STATUS: Record<GenerationState, Status> = {
  queued: { look: () => "in-flight", title: () => "Waiting" },
  submitting: { look: () => "in-flight", title: ({ cancel }) => (cancel ? CANCELLING : "Sending") },
  unconfirmed: { look: () => "undecided", title: ({ failure }) => failure?.title ?? "Perhaps sent" },
  running: { look: () => "in-flight", title: runningTitle },
  saving: { look: () => "in-flight", title: () => "Saving the clip" },
  succeeded: { look: ({ clip }) => (clip ? "clip" : "in-flight"), title: () => "Ready" },
  failed: { look: () => "failure", title: ({ failure }) => failure?.title ?? "It failed" },
  // A cancel that came too late keeps the clip that was paid for.
  cancelled: {
    look: ({ clip }) => (clip ? "clip" : "withdrawn"),
    title: ({ clip }) => (clip ? "Cancelled too late" : "Taken back"),
  },
};

export function lookOf(view: GenerationView): GenerationLook {
  return STATUS[view.state].look(view);
}

export function statusTitle(view: GenerationView): string {
  return STATUS[view.state].title(view);
}

function runningTitle({ cancel, remoteWord }: GenerationView): string {
  if (cancel === "asked") return CANCELLING;
  const title = remoteTitle(remoteWord);
  return cancel === null ? title : `${title}, too late to cancel`;
}

function remoteTitle(remoteWord: string | null): string {
  // Nobody has asked yet: it may wait there as well.
  if (remoteWord === null) return "With the provider";
  const meaning = readRemoteWord(remoteWord);
  if (meaning === "rendering") return "Rendering";
  if (meaning === "waiting") return "Waiting for a free slot at the provider";
  return `The provider says “${remoteWord}”`;
}
