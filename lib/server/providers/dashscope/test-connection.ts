import { randomUUID } from "node:crypto";
import { type ConnectionCheck, type ConnectionPlace, REGION_LABELS } from "@/lib/domain/connection";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Region } from "@/lib/domain/models/model";
import { siteAt } from "@/lib/domain/models/offer";
import { type HttpReply, TransportError } from "../http";
import { failureFor } from "./failures";
import { policyReplySchema, readError, toRemoteStatus } from "./response";

type Ask = (path: string) => Promise<HttpReply>;
type Subject = ConnectionCheck["subject"];

/**
 * Looks at key, region, models and upload with two questions that cost nothing: a task that cannot exist, which a good
 * key hears of as UNKNOWN, and a permission to upload, which is not used. Whether a model may be used shows only when
 * it is: that is said as unknown.
 */
export async function testDashScope(
  { host, region, hasPublicLinks }: { host: string; region: Region; hasPublicLinks: boolean },
  ask: Ask,
): Promise<ConnectionCheck[]> {
  const place: ConnectionPlace = { vendor: "dashscope", region };
  const here = REGION_LABELS[region];
  const reply = await askSafely(ask, `/tasks/${randomUUID()}`);
  if (typeof reply === "string") {
    return [
      check("key", "unknown", "The key was not looked at."),
      check("region", "bad", `${host} could not be reached. ${reply}.`),
      check("models", "unknown", "The models were not looked at."),
      check("upload", "unknown", "The upload was not looked at."),
    ];
  }
  if (reply.status !== 200 || !toRemoteStatus(reply.json, {})) {
    return [
      ...readRefusal(reply, host, here),
      check("models", "unknown", "The models were not looked at."),
      check("upload", "unknown", "The upload was not looked at."),
    ];
  }
  const models = catalogue.flatMap((model) => {
    const site = siteAt(model, place);
    return site ? [{ label: model.label, remoteId: site.remoteId }] : [];
  });
  const [first] = models;
  const policy =
    first && (await askSafely(ask, `/uploads?action=getPolicy&model=${encodeURIComponent(first.remoteId)}`));
  return [
    check("key", "good", `${host} took the key.`),
    check("region", "good", `The key belongs to ${here}.`),
    readModels(models, here, policy),
    readUpload(policy, region, hasPublicLinks),
  ];
}

function readRefusal(reply: HttpReply, host: string, here: string): ConnectionCheck[] {
  const raw = readError(reply);
  if (reply.status === 401 && raw) {
    return [
      check(
        "key",
        "bad",
        `The key was refused: it is wrong, or it belongs to another region than ${here}, or to another workspace.`,
      ),
      check("region", "unknown", `${host} answers, but only a key that it takes can tell the region.`),
    ];
  }
  if (raw && reply.status >= 400 && reply.status < 500 && reply.status !== 429) {
    const { failure } = failureFor(raw, []);
    return [
      check("key", "bad", `${failure.title}. The vendor's words: ${raw.message || raw.code}`),
      check("region", "unknown", `${host} answers, but did not say more.`),
    ];
  }
  if (raw) {
    return [
      check(
        "key",
        "unknown",
        `The vendor is busy or in trouble: ${raw.message || raw.code} Try again in a moment.`,
      ),
      check("region", "unknown", `${host} answers, but did not say more.`),
    ];
  }
  return [
    check("key", "unknown", "The key was not looked at."),
    check("region", "bad", `${host} answers (HTTP ${reply.status}), but not as Model Studio does.`),
  ];
}

function readModels(
  models: readonly { label: string }[],
  here: string,
  policy: HttpReply | string | undefined,
): ConnectionCheck {
  const refused = typeof policy === "object" && policy.status !== 200 ? readError(policy) : null;
  const kind = refused && failureFor(refused, []).failure.kind;
  if (refused && (kind === "no-such-model" || kind === "no-access" || kind === "not-activated")) {
    const { title } = failureFor(refused, []).failure;
    return check("models", "bad", `${title}: ${models[0]?.label}. The vendor's words: ${refused.message}`);
  }
  const labels = [...new Set(models.map(({ label }) => label))].join(", ");
  return check(
    "models",
    "unknown",
    `By the vendor's tables ${here} has ${labels}. Whether this account may use each shows with its first clip; a refusal costs nothing.`,
  );
}

function readUpload(
  policy: HttpReply | string | undefined,
  region: Region,
  hasPublicLinks: boolean,
): ConnectionCheck {
  const instead = hasPublicLinks
    ? "Where it does not work, the vendor fetches files from PUBLIC_URL."
    : "If a clip or a sound is refused, set sign-in and PUBLIC_URL, so that the vendor can fetch files from here.";
  if (typeof policy !== "object") {
    return check(
      "upload",
      "unknown",
      `The upload could not be looked at. ${policy ?? "No model is known here"}.`,
    );
  }
  if (policy.status === 200 && policyReplySchema.safeParse(policy.json).success) {
    if (region === "cn-beijing") {
      return check("upload", "good", "Large pictures, sounds and clips can be uploaded.");
    }
    return check(
      "upload",
      "unknown",
      `The vendor gives permission to upload, but its pages promise only in Beijing that models read such files. ${instead}`,
    );
  }
  const raw = readError(policy);
  const words = raw ? raw.message || raw.code : `HTTP ${policy.status}`;
  return check(
    "upload",
    hasPublicLinks ? "unknown" : "bad",
    `The vendor gives no permission to upload (${words}). Pictures up to 7 MB travel inside the call. ${instead}`,
  );
}

async function askSafely(ask: Ask, path: string): Promise<HttpReply | string> {
  try {
    return await ask(path);
  } catch (error) {
    if (error instanceof TransportError) return error.message;
    throw error;
  }
}

function check(subject: Subject, verdict: ConnectionCheck["verdict"], message: string): ConnectionCheck {
  return { subject, verdict, message };
}
