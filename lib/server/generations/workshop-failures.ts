import type { Failure, TaskCandidate } from "@/lib/domain/failure";
import type { GenerationEvent } from "@/lib/domain/generation-state";
import type { InputWay } from "@/lib/domain/input-way";
import type { SlotName } from "@/lib/domain/models/model";
import { capitalised, fileNoun, saveAnew } from "../providers/sent-inputs";

type Raw = Failure["raw"];

/** A start that was perhaps accepted and perhaps billed: it is never sent again by itself. */
export function startOfUnknownFate(at: number, raw: Raw): GenerationEvent {
  return {
    type: "fate-unknown",
    at,
    dueAt: at,
    failure: unconfirmed("It is being looked for at the vendor.", raw),
  };
}

/** How a start of unknown fate stands; `finding` is what looking for it has brought so far. */
export function unconfirmed(finding: string, raw: Raw, candidates: readonly TaskCandidate[] = []): Failure {
  return {
    kind: "unconfirmed",
    title: "No clear answer to the start",
    explanation: `${finding} It was sent once and no clear answer came back: the vendor may have taken it and may bill it. It is not sent again by itself.`,
    input: null,
    charged: "unknown",
    advice: "decide",
    raw,
    ...(candidates.length > 0 && { candidates }),
  };
}

/**
 * The vendor could not get at the files as they went: the same order goes out again by the next way, but for one that a
 * backup brought back, which has perhaps gone that way already.
 */
export function sentAnotherWay(
  { restoredAt }: { restoredAt: number | null },
  at: number,
  { way, taskId }: { way: InputWay; taskId: string | null },
  failure: Failure,
): GenerationEvent {
  const words: Pick<Failure, "explanation" | "charged" | "advice"> =
    restoredAt === null
      ? {
          explanation: `It is being sent again, ${way === "upload" ? "by a link to this studio" : "by the vendor's own store"}. Nothing was charged so far.`,
          charged: failure.charged,
          advice: "retry-later",
        }
      : {
          explanation:
            "It was at the vendor when the backup was made that this studio was restored from, and may have been sent another way and charged after that. So it was not sent again. Look for it in the vendor's console before you order it anew.",
          charged: "unknown",
          advice: "retry",
        };
  return { type: "inputs-unread", at, way, taskId, failure: { ...failure, ...words } };
}

export function inputGone(slot: SlotName): Failure {
  return {
    kind: "inputs-gone",
    title: "An input is gone",
    explanation: `${capitalised(fileNoun(slot))} is no longer in the studio's storage. Add it again. Nothing was sent and nothing was charged.`,
    input: slot,
    charged: "no",
    advice: "change-and-retry",
    raw: null,
  };
}

/** Our own redrawing of a picture, or cutting of a sound or clip, failed on it. `message` can follow the file's name. */
export function inputUnusable(slot: SlotName, message: string): Failure {
  return {
    kind: "input-unreadable",
    title: `${capitalised(fileNoun(slot))} could not be prepared`,
    explanation: `It ${message}. ${capitalised(saveAnew(slot))}. Nothing was sent or charged.`,
    input: slot,
    charged: "no",
    advice: "change-and-retry",
    raw: { code: "media", message, requestId: null },
  };
}

export function preparationFailed(
  message: string,
  title = "This server could not prepare the request",
): Failure {
  return {
    kind: "preparation-failed",
    title,
    explanation: "Its own storage or media tools had a problem. Nothing was sent and nothing was charged.",
    input: null,
    charged: "no",
    advice: "retry-later",
    raw: { code: "server", message, requestId: null },
  };
}

/** Where a finished clip waits to be kept: on the disk of the process that says so, on that of another one, or at the vendor. */
type WaitingPlace = "here" | "elsewhere" | "vendor";

const WAITING_WORDS: Record<WaitingPlace, { title: string; explanation: string }> = {
  here: {
    title: "The finished clip is not stored yet",
    explanation:
      "The clip is finished and on this server, but it could not be put into its storage yet. It is not lost: it is tried again until it works.",
  },
  elsewhere: {
    title: "The finished clip waits on another process of this studio",
    explanation:
      "That process has fetched it, but could not put it into the storage yet, and only it can. The clip is not lost: it is stored as soon as that process works again.",
  },
  vendor: {
    title: "The finished clip is not stored yet",
    explanation:
      "The clip is finished at the vendor, but fetching or keeping it did not work yet. It is tried again for as long as the vendor has it.",
  },
};

/** The clip is finished, and waits to be kept. */
export function notStoredYet(
  message: string,
  { title, place }: { title: string | null; place: WaitingPlace },
): Failure {
  return {
    kind: "not-stored-yet",
    title: title ?? WAITING_WORDS[place].title,
    explanation: WAITING_WORDS[place].explanation,
    input: null,
    charged: "yes",
    advice: "retry-later",
    raw: { code: "result", message, requestId: null },
  };
}

/** The film came whole, the vendor no longer has it, and nothing here can read it. `path` is from the data folder. */
export function filmUnreadable(message: string, path: string): Failure {
  return {
    kind: "film-unreadable",
    title: `The film is here but cannot be read: ${path}`,
    explanation: `It came and was charged, but this server cannot read it, and the vendor can no longer send it again. It is not lost: it is kept as it came, and tried again, since a newer version may read it. Whoever runs this studio finds it as ${path} in the data folder.`,
    input: null,
    charged: "yes",
    advice: "ask-operator",
    raw: { code: "result", message, requestId: null },
  };
}

export function connectionGone(label: string): Failure {
  return {
    kind: "connection-gone",
    title: `${label} is not set up any more`,
    explanation:
      "It was not sent, and nothing was charged. Take its settings into the composer to try it elsewhere.",
    input: "account",
    charged: "no",
    advice: "change-and-retry",
    raw: null,
  };
}

/** The vendor no longer has the task, or never said how it ended while it could. */
export function taskExpired(raw: Raw): Failure {
  return {
    kind: "task-expired",
    title: "The vendor no longer has this task",
    explanation:
      "It keeps tasks for 24 hours, and none of our looks in that time saw it end. Whether it was charged, only the vendor's bill can tell.",
    input: null,
    charged: "unknown",
    advice: "retry",
    raw,
  };
}

/** The clip was made, and the vendor no longer has its file. */
export function resultExpired(message: string): Failure {
  return {
    kind: "result-expired",
    title: "The finished clip could not be fetched",
    explanation:
      "The vendor keeps a file for 24 hours, and it could not be fetched and stored in that time. It was charged.",
    input: null,
    charged: "yes",
    advice: "retry",
    raw: { code: "result", message, requestId: null },
  };
}
