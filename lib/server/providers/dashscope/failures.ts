import type { Failure, FailureAdvice, FailureInput } from "@/lib/domain/failure";

type Reading = {
  kind: string;
  title: string;
  explanation: string;
  input: FailureInput | null;
  advice: FailureAdvice;
  /** The same request may work later without anyone changing anything. */
  isRetryable: boolean;
};

type Rule = { codes: readonly (string | RegExp)[]; message?: RegExp; reading: Reading };

// First match wins. Codes and texts: Model Studio's error code page.
const RULES: readonly Rule[] = [
  rule(["InvalidApiKey"], "bad-key", {
    title: "The API key was refused",
    explanation: "The key is missing, wrong, or belongs to another region.",
    input: "account",
    advice: "ask-operator",
  }),
  rule(["NOT AUTHORIZED"], "bad-workspace", {
    title: "The key may not use that workspace",
    explanation: "The workspace's owner has to allow this key.",
    input: "account",
    advice: "ask-operator",
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
    explanation: "The prompt or the picture was taken for something that is not allowed. Change one of them.",
    input: "prompt",
    advice: "change-and-retry",
  }),
  rule(["IPInfringementSuspect"], "protected-material", {
    title: "The input looks like protected material",
    explanation:
      "The vendor suspects that it shows somebody's brand or work. Use another picture or wording.",
    input: "firstFrame",
    advice: "change-and-retry",
  }),
  rule(["CustomRoleBlocked", "FaqRuleBlocked"], "account-rule", {
    title: "A rule of the account blocked the request",
    explanation: "Whoever runs the cloud account has set a rule that forbids this.",
    input: "account",
    advice: "ask-operator",
  }),
  rule(["Arrearage", "PrepaidBillOverdue", "PostpaidBillOverdue"], "unpaid-bill", {
    title: "The cloud account has an unpaid balance",
    explanation: "The vendor takes no work until the bill is settled.",
    input: "account",
    advice: "ask-operator",
  }),
  rule(["CommodityNotPurchased", "AccessDenied.Unpurchased"], "not-activated", {
    title: "The model is not activated for this account",
    explanation: "Activate Model Studio in the cloud console, then retry.",
    input: "account",
    advice: "ask-operator",
  }),
  rule([/^(Model|Workspace|App|Endpoint)\.AccessDenied$/], "no-access", {
    title: "The key has no access to the model",
    explanation: "The workspace's owner has to give it the right to use this model.",
    input: "account",
    advice: "ask-operator",
  }),
  rule(["AllocationQuota.FreeTierOnly"], "free-quota-used", {
    title: "The free quota is used up",
    explanation: "The account is set to stop there; switch to paid use in the console.",
    input: "account",
    advice: "ask-operator",
  }),
  rule(["ModelNotFound", "model_not_found"], "no-such-model", noSuchModel()),
  rule(["InvalidParameter", "NotFound"], "no-such-model", { message: /model not exist/i, ...noSuchModel() }),
  rule(["WorkSpaceNotFound", "NotFound"], "not-found", {
    title: "The vendor does not know the workspace",
    explanation: "Check the workspace id in the settings.",
    input: "account",
    advice: "ask-operator",
  }),
  rule(
    ["InvalidParameter.DataInspection", "InvalidURL", /^InvalidURL\./, "BadRequest.InputDownloadFailed"],
    "input-unreadable",
    {
      title: "The vendor could not read the picture",
      explanation:
        "It could not be loaded or opened there. Retry; if it comes back, save the picture anew as JPEG or PNG.",
      input: "firstFrame",
      advice: "retry",
      isRetryable: true,
    },
  ),
  rule(["InvalidParameter"], "input-unreadable", {
    message: /download|media resource|decode the image|url error/i,
    title: "The vendor could not read the picture",
    explanation:
      "It could not be loaded or opened there. Retry; if it comes back, save the picture anew as JPEG or PNG.",
    input: "firstFrame",
    advice: "retry",
  }),
  rule(
    [/^InvalidFile\./, /^InvalidImage/, "BadRequest.UnsupportedFileFormat", "BadRequest.TooLarge"],
    "input-limits",
    {
      title: "The first frame was refused",
      explanation: "The picture breaks one of the vendor's limits; the details say which.",
      input: "firstFrame",
      advice: "change-and-retry",
    },
  ),
  rule(["InvalidParameter", /^BadRequest\./, /^invalid_parameter/], "bad-parameter", {
    title: "A setting was refused",
    explanation: "The vendor did not take one of the values; the details say which.",
    input: "parameters",
    advice: "change-and-retry",
  }),
  rule(["Throttling.AllocationQuota"], "quota", {
    title: "The account's quota is reached",
    explanation: "The vendor takes no more for now. Try again later, or raise the quota in the console.",
    input: "account",
    advice: "retry-later",
    isRetryable: true,
  }),
  rule([/^Throttling/, "TooManyRequests"], "throttled", {
    title: "The vendor is busy",
    explanation: "Too many requests arrived at once.",
    input: null,
    advice: "retry-later",
    isRetryable: true,
  }),
  rule(["AccessDenied"], "access-denied", {
    title: "The vendor denied the call",
    explanation: "The account may not do this; the details say why.",
    input: "account",
    advice: "ask-operator",
  }),
  rule(["InternalError.Timeout", "RequestTimeOut"], "vendor-timeout", {
    title: "The vendor took too long",
    explanation: "It gave up on the task. A new try usually works.",
    input: null,
    advice: "retry",
    isRetryable: true,
  }),
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
      explanation: "It was not about your picture or your words. A new try usually works.",
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
  input: null,
  advice: "retry",
  isRetryable: false,
};

/**
 * A code and message of the vendor's, at create or in a FAILED task alike, as a failure in words. A call or task that
 * failed costs nothing. (User guide, "Billing": failed calls are free.)
 */
export function failureFor(raw: { code: string; message: string; requestId: string | null }): {
  failure: Failure;
  isRetryable: boolean;
} {
  const found = RULES.find(
    ({ codes, message }) =>
      codes.some((code) => (typeof code === "string" ? code === raw.code : code.test(raw.code))) &&
      (!message || message.test(raw.message)),
  );
  const { isRetryable, explanation, ...words } = found?.reading ?? FALLBACK;
  return {
    failure: { ...words, explanation: `${explanation} Nothing was charged.`, charged: "no", raw },
    isRetryable,
  };
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

function noSuchModel() {
  return {
    title: "The vendor does not have this model",
    explanation: "It does not exist, or is not offered in this region.",
    input: "parameters",
    advice: "change-and-retry",
  } as const;
}
