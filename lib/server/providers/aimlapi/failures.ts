import type { Failure, FailureAdvice, FailureInput } from "@/lib/domain/failure";
import type { SlotName } from "@/lib/domain/models/model";
import { capitalised, fileNoun, namedFile, namedInput, sentList } from "../sent-inputs";

type Heard = { message: string; sent: readonly SlotName[] };

type Reading = {
  kind: string;
  title: string;
  explanation: string;
  input: FailureInput | null;
  advice: FailureAdvice;
  isRetryable: boolean;
};

const BUSY = { input: null, isRetryable: true } as const;

type Reason = Pick<Reading, "kind" | "title" | "explanation">;

const NOT_ALLOWED: Reason = {
  kind: "access-denied",
  title: "The vendor denied the call",
  explanation: "It knows the key, but its account may not do this; the details say why.",
};

/**
 * Why a known key may not: one status for all of it. Only the first text is printed on the page on 4xx errors, whose
 * explanation adds plan limits; the others are told by what they speak of. First match wins.
 */
const FORBIDDEN: readonly [RegExp, Reason][] = [
  [
    /credit|balance|top up|billing|payment/i,
    {
      kind: "no-credit",
      title: "The account has run out of credits",
      explanation: "The vendor takes no work until somebody adds credits or settles the payment.",
    },
  ],
  [
    /verif/i,
    {
      kind: "not-verified",
      title: "The account has to be verified first",
      explanation: "The vendor takes no work until the account's owner has confirmed it there.",
    },
  ],
  [
    /\b(plan|subscription|tier|upgrade)\b/i,
    {
      kind: "not-in-plan",
      title: "The account's plan does not include this",
      explanation: "Its owner has to choose a plan that has this model.",
    },
  ],
  [
    /\b(api[ -]?)?key\b/i,
    {
      kind: "bad-key",
      title: "The API key may not be used for this",
      explanation: "The vendor knows the key but does not allow it here; its owner can make another.",
    },
  ],
];

/** What an HTTP status of the gateway means. (Pages on 4xx and 5xx errors.) */
const BY_STATUS: Record<number, (heard: Heard) => Reading> = {
  400: ({ message, sent }) => {
    const input = namedInput(message, sent) ?? "parameters";
    const file = namedFile(message, sent);
    const titles = { prompt: "The prompt was refused", parameters: "A setting was refused" };
    return {
      kind: "bad-parameter",
      title:
        input === "prompt" || input === "parameters"
          ? titles[input]
          : `${capitalised(fileNoun(file))} was refused`,
      explanation: "The vendor did not take one of the values; the details say which.",
      input,
      advice: "change-and-retry",
      isRetryable: false,
    };
  },
  401: () => ({
    kind: "bad-key",
    title: "The API key was refused",
    explanation: "The key of AI/ML API is missing or wrong.",
    input: "account",
    advice: "ask-operator",
    isRetryable: false,
  }),
  403: ({ message }) => ({
    ...(FORBIDDEN.find(([pattern]) => pattern.test(message))?.[1] ?? NOT_ALLOWED),
    input: "account",
    advice: "ask-operator",
    isRetryable: false,
  }),
  404: () => ({
    kind: "not-found",
    title: "The vendor does not know this address",
    explanation: "It has no such model or no such task, or AIMLAPI_BASE_URL leads elsewhere.",
    input: "account",
    advice: "ask-operator",
    isRetryable: false,
  }),
  429: () => ({
    kind: "throttled",
    title: "The vendor is busy",
    explanation: "Too many requests arrived at once.",
    advice: "retry-later",
    ...BUSY,
  }),
  504: () => ({
    kind: "vendor-timeout",
    title: "The vendor took too long",
    explanation: "It gave up on the task. A new try usually works.",
    input: null,
    advice: "retry",
    isRetryable: false,
  }),
};

const BROKEN: Reading = {
  kind: "vendor-error",
  title: "Something broke at the vendor",
  explanation: "It was not about your files or your words. A new try usually works.",
  advice: "retry",
  ...BUSY,
};

const REFUSED: Reading = {
  kind: "vendor-refusal",
  title: "The vendor refused the request",
  explanation: "It gave a reason that we do not know yet; the details have it word for word.",
  input: null,
  advice: "retry",
  isRetryable: false,
};

/** What a task's own words mean; it has no codes. First match wins. */
const BY_WORDS: readonly [RegExp, (heard: Heard) => Reading][] = [
  [
    /inappropriate|moderation|content (check|policy)|nsfw|sensitive/i,
    ({ message, sent }) => ({
      kind: "moderation-input",
      title: "The content check refused the request",
      explanation: `The prompt, or ${sentList(sent)}, was taken for something that is not allowed. Change one of them.`,
      input: namedInput(message, sent),
      advice: "change-and-retry",
      isRetryable: false,
    }),
  ],
  [/generation timeout|timed? ?out/i, (heard) => BY_STATUS[504]?.(heard) ?? BROKEN],
  [
    /internal server error|something wrong with the server|maintenance|bad gateway|unavailable/i,
    () => BROKEN,
  ],
  [/too many requests/i, (heard) => BY_STATUS[429]?.(heard) ?? BROKEN],
  [/run out of credits/i, (heard) => BY_STATUS[403]?.(heard) ?? REFUSED],
  [/valid api key/i, (heard) => BY_STATUS[401]?.(heard) ?? REFUSED],
  [
    /\b(download|fetch|load|access|reach)\b.*(url|file|image|picture|audio|media)/i,
    ({ message, sent }) => ({
      kind: "input-unreadable",
      title: `The vendor could not read ${fileNoun(namedFile(message, sent))}`,
      explanation:
        "It could not be loaded there. What does not travel inside the call is fetched by a link: check that S3_PUBLIC_ENDPOINT, or without it PUBLIC_URL, can be reached from the internet.",
      input: namedFile(message, sent),
      advice: "retry",
      isRetryable: false,
    }),
  ],
  [/validation error/i, (heard) => BY_STATUS[400]?.(heard) ?? REFUSED],
];

export type ReadFailure = { failure: Failure; isRetryable: boolean };

/** An HTTP error in the gateway's own words. `isSure`: it proves that nothing was started. */
export function failureForStatus(
  status: number,
  raw: { message: string; requestId: string | null },
  sent: readonly SlotName[],
  isSure: boolean,
): ReadFailure {
  const heard = { message: raw.message, sent };
  const reading = BY_STATUS[status]?.(heard) ?? (status >= 500 ? BROKEN : REFUSED);
  return tell(reading, { code: `HTTP ${status}`, ...raw }, isSure ? "no" : "unknown");
}

/** A task that ended in an error. Nothing published says whether the gateway gives its credits back. */
export function failureForTask(error: { name: string; message: string }, sent: readonly SlotName[]): Failure {
  const heard = { message: error.message, sent };
  const reading =
    BY_WORDS.find(([pattern]) => pattern.test(`${error.name} ${error.message}`))?.[1](heard) ?? REFUSED;
  return tell(reading, { code: error.name, message: error.message, requestId: null }, "unknown").failure;
}

function tell(
  { isRetryable, explanation, ...words }: Reading,
  raw: NonNullable<Failure["raw"]>,
  charged: "no" | "unknown",
): ReadFailure {
  const money = charged === "no" ? "Nothing was charged." : "Whether it was charged is not known.";
  return { failure: { ...words, explanation: `${explanation} ${money}`, charged, raw }, isRetryable };
}
