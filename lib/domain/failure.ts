import type { SlotName } from "./models/model";

/** Which part of the request was at fault, where that can be told. */
export type FailureInput = SlotName | "prompt" | "parameters" | "account" | "output";

/** What the card offers next. */
export type FailureAdvice = "retry" | "change-and-retry" | "retry-later" | "ask-operator" | "decide";

/** A task at the vendor that may be a start of ours, with when it was made, epoch ms. */
export type TaskCandidate = { taskId: string; createdAt: number | null };

/** Why a generation ended without a clip, in words; kept whole in the row, so that it reads the same for ever. */
export type Failure = {
  /** Our own short name for the kind of failure, such as `moderation` or `result-expired`. */
  kind: string;
  /** A heading without vendor codes: "The first frame was refused". */
  title: string;
  /** One or two sentences: why, and whether money is gone. */
  explanation: string;
  input: FailureInput | null;
  charged: "no" | "yes" | "unknown";
  advice: FailureAdvice;
  /** The vendor's own words, one click deeper. */
  raw: { code: string; message: string; requestId: string | null } | null;
  /** Of a start of unknown fate: the tasks that it may have become by their own prompt, for its person to choose from. */
  candidates?: readonly TaskCandidate[];
};
