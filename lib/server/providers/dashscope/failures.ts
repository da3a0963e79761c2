import type { Failure, FailureAdvice, FailureInput } from "@/lib/domain/failure";
import type { SlotName } from "@/lib/domain/models/model";
import { capitalised, fileNoun, namedFile, namedInput, saveAnew, sentList } from "../sent-inputs";

/** What the vendor said, and what it was sent. */
type Heard = { message: string; sent: readonly SlotName[] };

type Reading = {
  kind: string;
  title: string | ((heard: Heard) => string);
  explanation: string | ((heard: Heard) => string);
  input: FailureInput | null | ((heard: Heard) => FailureInput | null);
  advice: FailureAdvice;
  /** The same request may work later without anyone changing anything. */
  isRetryable: boolean;
  /** After so many tries, waiting has not helped and something has to change. */
  triesMax?: number;
  /** The least that is worth waiting. */
  waitMs?: number;
};

type Rule = { codes: readonly (string | RegExp)[]; message?: RegExp; reading: Reading };

const FIVE_MINUTES_MS = 5 * 60_000;
const OPERATOR = { input: "account", advice: "ask-operator" } as const;

const NO_SUCH_MODEL = {
  title: "The vendor does not have this model",
  explanation: "It does not exist, or is not offered in this region.",
  input: "parameters",
  advice: "change-and-retry",
} as const;

const UNREADABLE = {
  title: ({ message, sent }: Heard) => `The vendor could not read ${fileNoun(namedFile(message, sent))}`,
  explanation: ({ message, sent }: Heard) =>
    `It could not be loaded or opened there. Retry; if it comes back, ${saveAnew(namedFile(message, sent))}.`,
  input: ({ message, sent }: Heard) => namedFile(message, sent),
  advice: "retry",
} as const;

const LIMITS = {
  title: ({ message, sent }: Heard) => `${capitalised(fileNoun(namedFile(message, sent)))} was refused`,
  explanation: "It breaks one of the vendor's limits; the details say which.",
  input: ({ message, sent }: Heard) => namedFile(message, sent),
  advice: "change-and-retry",
} as const;

const PICTURES: readonly SlotName[] = ["firstFrame", "lastFrame"];
const FILMS: readonly SlotName[] = ["firstFrame", "lastFrame", "firstClip"];
const TIMED: readonly SlotName[] = ["drivingAudio", "firstClip"];

/** A limit that the code itself names, and which files can break it. */
function limit(explanation: string, suspects: readonly SlotName[] = [...FILMS, "drivingAudio"]) {
  const among = ({ message, sent }: Heard) =>
    namedFile(
      message,
      sent.filter((slot) => suspects.includes(slot)),
    );
  return {
    title: (heard: Heard) => `${capitalised(fileNoun(among(heard)))} was refused`,
    explanation,
    input: among,
    advice: "change-and-retry",
  } as const;
}

const TOOK_TOO_LONG = {
  title: "The vendor took too long",
  explanation: "It gave up on the task. A new try usually works.",
  input: null,
  advice: "retry",
} as const;

const MISUNDERSTOOD = {
  title: "The vendor could not make sense of the request",
  explanation: "The studio asked for it in a way that the vendor does not take; the details say how.",
  input: null,
  advice: "ask-operator",
} as const;

// First match wins. Codes and texts: Model Studio's error code page.
const RULES: readonly Rule[] = [
  rule(["InvalidApiKey"], "bad-key", {
    title: "The API key was refused",
    explanation: "The key is missing, wrong, or belongs to another region.",
    ...OPERATOR,
  }),
  rule(["NOT AUTHORIZED"], "bad-workspace", {
    title: "The key may not use that workspace",
    explanation: "The workspace's owner has to allow this key.",
    ...OPERATOR,
  }),
  rule(["DataInspectionFailed"], "moderation-output", {
    message: /^output/i,
    title: "The finished clip was held back",
    explanation: "The content check refused what the model made. Another wording or another seed may pass.",
    input: "output",
    advice: "change-and-retry",
  }),
  rule(["DataInspectionFailed", "data_inspection_failed"], "moderation-input", {
    title: "The content check refused the request",
    explanation: ({ sent }) =>
      `The prompt, or ${sentList(sent)}, was taken for something that is not allowed. Change one of them.`,
    input: ({ message, sent }) => namedInput(message, sent),
    advice: "change-and-retry",
  }),
  rule(["IPInfringementSuspect"], "protected-material", {
    title: "The input looks like protected material",
    explanation: ({ sent }) =>
      `The vendor suspects that the prompt, or ${sentList(sent)}, shows somebody's brand or work. Use another.`,
    input: ({ message, sent }) => namedInput(message, sent),
    advice: "change-and-retry",
  }),
  rule(["CustomRoleBlocked", "FaqRuleBlocked"], "account-rule", {
    title: "A rule of the account blocked the request",
    explanation: "Whoever runs the cloud account has set a rule that forbids this.",
    ...OPERATOR,
  }),
  rule(["Arrearage", "PrepaidBillOverdue", "PostpaidBillOverdue"], "unpaid-bill", {
    title: "The cloud account has an unpaid balance",
    explanation: "The vendor takes no work until the bill is settled.",
    ...OPERATOR,
  }),
  rule(["CommodityNotPurchased", "AccessDenied.Unpurchased"], "not-activated", {
    title: "The model is not activated for this account",
    explanation: "Activate Model Studio in the cloud console, then retry.",
    ...OPERATOR,
  }),
  rule([/^(Model|Workspace|App|Endpoint)\.AccessDenied$/], "no-access", {
    title: "The key has no access to the model",
    explanation: "The workspace's owner has to give it the right to use this model.",
    ...OPERATOR,
  }),
  rule(["AllocationQuota.FreeTierOnly"], "free-quota-used", {
    title: "The free quota is used up",
    explanation: "The account is set to stop there; switch to paid use in the console.",
    ...OPERATOR,
  }),
  rule(["ModelNotFound", "model_not_found"], "no-such-model", NO_SUCH_MODEL),
  rule(["InvalidParameter", "NotFound"], "no-such-model", { message: /model not exist/i, ...NO_SUCH_MODEL }),
  rule(["WorkSpaceNotFound", "NotFound"], "not-found", {
    title: "The vendor does not know the workspace",
    explanation: "Check the workspace id in the settings.",
    ...OPERATOR,
  }),
  rule(["InvalidParameter.DataInspection"], "input-unreadable", {
    ...UNREADABLE,
    isRetryable: true,
    triesMax: 3,
  }),
  rule(["InvalidURL.Timeout", "BadRequest.InputDownloadFailed"], "input-unreadable", {
    ...UNREADABLE,
    isRetryable: true,
  }),
  rule(["InvalidURL"], "input-limits", { message: /too long|over \d|exceed|too large/i, ...LIMITS }),
  rule(["InvalidURL", /^InvalidURL\./], "input-unreadable", UNREADABLE),
  rule(["InvalidParameter"], "input-unreadable", {
    message: /download|media resource|decode the image|url error/i,
    ...UNREADABLE,
  }),
  rule(["InvalidParameter"], "input-limits", { message: /size is not match/i, ...LIMITS }),
  rule(["InvalidFile.Size"], "input-limits", limit("The file is too large, or has nothing in it.")),
  rule(["InvalidFile.Duration"], "input-limits", limit("It is too short or too long.", TIMED)),
  rule(["InvalidFile.Resolution"], "input-limits", limit("It has too few or too many pixels.", FILMS)),
  rule(["InvalidImageResolution"], "input-limits", limit("It has too few or too many pixels.", PICTURES)),
  rule(
    ["InvalidFile.AspectRatio"],
    "input-limits",
    limit("It is too wide or too tall for its other side.", FILMS),
  ),
  rule(
    ["InvalidFile.FPS"],
    "input-limits",
    limit("Its frame rate is not one that the vendor takes.", ["firstClip"]),
  ),
  rule(["InvalidFile.Format"], "input-limits", limit("Its format is not one that the vendor takes.")),
  rule(
    ["InvalidImage.FileFormat", "InvalidImageFormat"],
    "input-limits",
    limit("Its format is not one that the vendor takes: JPEG, PNG, BMP or WEBP.", PICTURES),
  ),
  rule(["InvalidFile.Openerror"], "input-limits", limit("It could not be opened: it is damaged or cut off.")),
  rule(
    ["BadRequest.UnsupportedFileFormat"],
    "input-limits",
    limit("Its format is not one that the vendor takes."),
  ),
  rule([/^InvalidFile\./, /^InvalidImage/, "BadRequest.TooLarge"], "input-limits", LIMITS),
  rule([/^BadRequest\./], "bad-request", MISUNDERSTOOD),
  rule(["InvalidParameter", /^invalid_parameter/], "bad-parameter", {
    title: ({ message, sent }) => {
      const named = namedInput(message, sent);
      if (named === null || named === "parameters") return "A setting was refused";
      return named === "prompt"
        ? "The prompt was refused"
        : `${capitalised(fileNoun(namedFile(message, sent)))} was refused`;
    },
    explanation: "The vendor did not take one of the values; the details say which.",
    input: ({ message, sent }) => namedInput(message, sent) ?? "parameters",
    advice: "change-and-retry",
  }),
  rule(["UnsupportedOperation"], "not-now", {
    title: "The vendor does not allow that now",
    explanation: "The task has gone too far for it.",
    input: null,
    advice: "retry-later",
  }),
  rule(["APIConnectionError", "ClientDisconnect"], "connection-broke", {
    title: "The connection to the vendor broke",
    explanation: "It was a fault of the network between here and there.",
    input: null,
    advice: "retry",
    isRetryable: true,
  }),
  rule(["Throttling.AllocationQuota"], "quota", {
    title: "The account's quota is reached",
    explanation: "The vendor takes no more for now. Try again later, or raise the quota in the console.",
    input: "account",
    advice: "retry-later",
    isRetryable: true,
    triesMax: 6,
    waitMs: FIVE_MINUTES_MS,
  }),
  rule([/^Throttling/, "TooManyRequests"], "throttled", {
    title: "The vendor is busy",
    explanation: "Too many requests arrived at once.",
    input: null,
    advice: "retry-later",
    isRetryable: true,
  }),
  rule(["AccessDenied"], "upload-expired", {
    message: /policy expired/i,
    title: "The upload to the vendor took too long",
    explanation: "The vendor's permission to upload ran out before the file was there.",
    input: null,
    advice: "retry",
    isRetryable: true,
  }),
  rule(["AccessDenied"], "bad-request", { message: /synchronous calls/i, ...MISUNDERSTOOD }),
  rule(["AccessDenied"], "access-denied", {
    title: "The vendor denied the call",
    explanation: "The account may not do this; the details say why.",
    ...OPERATOR,
  }),
  rule(["InternalError.Timeout"], "vendor-timeout", TOOK_TOO_LONG),
  rule(["RequestTimeOut"], "vendor-timeout", { ...TOOK_TOO_LONG, isRetryable: true }),
  rule(
    [
      /^InternalError/,
      "SystemError",
      "ModelServiceFailed",
      "RewriteFailed",
      "ModelServingError",
      "ModelUnavailable",
    ],
    "vendor-error",
    {
      title: "Something broke at the vendor",
      explanation: "It was not about your files or your words. A new try usually works.",
      input: null,
      advice: "retry",
      isRetryable: true,
    },
  ),
];

const FALLBACK: Reading = {
  kind: "vendor-refusal",
  title: "The vendor refused the request",
  explanation: "It gave a reason that we do not know yet; the details have it word for word.",
  input: ({ message, sent }) => namedInput(message, sent),
  advice: "retry",
  isRetryable: false,
};

export type RawError = { code: string; message: string; requestId: string | null };
export type ReadFailure = {
  failure: Failure;
  isRetryable: boolean;
  triesMax: number | null;
  waitMs: number | null;
};

/**
 * A code and message of the vendor's, at create or in a FAILED task alike, as a failure in words about what was really
 * sent. A call or task that surely failed costs nothing. (User guide, "Billing": failed calls are free.)
 */
export function failureFor(raw: RawError, sent: readonly SlotName[], isSure = true): ReadFailure {
  const reading =
    RULES.find(
      ({ codes, message }) =>
        codes.some((code) => (typeof code === "string" ? code === raw.code : code.test(raw.code))) &&
        (!message || message.test(raw.message)),
    )?.reading ?? FALLBACK;
  const heard = { message: raw.message, sent };
  const { kind, advice, isRetryable, triesMax = null, waitMs = null } = reading;
  return {
    failure: {
      kind,
      title: spell(reading.title, heard),
      explanation: `${spell(reading.explanation, heard)} ${isSure ? "Nothing was charged." : "Whether it was charged is not known."}`,
      input: spell(reading.input, heard),
      charged: isSure ? "no" : "unknown",
      advice,
      raw,
    },
    isRetryable,
    triesMax,
    waitMs,
  };
}

function spell<Value>(value: Value | ((heard: Heard) => Value), heard: Heard): Value {
  return value instanceof Function ? value(heard) : value;
}

function rule(
  codes: Rule["codes"],
  kind: string,
  {
    message,
    ...reading
  }: Omit<Reading, "kind" | "isRetryable"> & { isRetryable?: boolean; message?: RegExp },
): Rule {
  return { codes, ...(message && { message }), reading: { isRetryable: false, ...reading, kind } };
}
