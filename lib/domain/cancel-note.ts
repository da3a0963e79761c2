import type { CancelRefusal, GenerationView } from "./generation";

/**
 * What a person who asked for a cancel should know: how it stands, what becomes of the film, and what of the money.
 * Null where nobody asked, or where the state says it all.
 */
export function cancelNote({ state, cancel, clip, connection }: GenerationView): string | null {
  if (cancel === null) return null;
  const charge = connection.isDemo ? "In demo mode nothing is charged." : "It is charged.";
  switch (state) {
    case "submitting":
      return "It is on its way this very moment; the provider is asked to take it back as soon as it answers.";
    case "unconfirmed":
      return "You asked to cancel it. If the provider has it after all, it is asked to take it back.";
    case "running":
      if (cancel === "asked")
        return "The provider is asked to take it back, which works until it begins the film.";
      return `${RUNNING_WORDS[cancel]} It is kept when it comes. ${charge}`;
    case "saving":
      return `The film was made before the cancel arrived, so it is kept. ${charge}`;
    case "cancelled":
      if (!clip) return null;
      return connection.isDemo
        ? "Cancelled too late; kept. In demo mode nothing is charged."
        : "Cancelled too late; kept, because it was charged.";
    case "queued":
    case "succeeded":
    case "failed":
      return null;
  }
}

const RUNNING_WORDS: Record<CancelRefusal, string> = {
  "too-late": "The film is already being made and can no longer be taken back.",
  "not-offered": "This provider takes nothing back that was sent to it.",
};
