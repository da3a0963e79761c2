import { randomUUID } from "node:crypto";
import { type ConnectionCheck, type ConnectionPlace, REGION_LABELS } from "@/lib/domain/connection";
import { INLINE_BYTES_MAX } from "@/lib/domain/input-way";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Region } from "@/lib/domain/models/model";
import { siteAt } from "@/lib/domain/models/offer";
import { type HttpReply, TransportError } from "../http";
import { ProviderError } from "../provider";
import { isHostOfRegion } from "./endpoint";
import { failureFor } from "./failures";
import { policyReplySchema, readError, toRemoteStatus, type UploadPolicy } from "./response";

type Ask = (path: string, withKey: boolean) => Promise<HttpReply>;
type Wire = {
  ask: Ask;
  /** Sends the test file by a permission just given. Throws a ProviderError. */
  post: (policy: UploadPolicy) => Promise<void>;
};
type Subject = ConnectionCheck["subject"];

/** A few bytes for the vendor's temporary store, which throws them away after 48 hours. */
export function testFile(): { name: string; content: Blob } {
  const content = new Blob(["A test of the connection. Nobody needs this file."], { type: "text/plain" });
  return { name: "connection-test.txt", content };
}

/**
 * Looks at key, region, models and upload with what costs nothing: a question for a task that cannot exist, which a
 * good key hears of as UNKNOWN; the same without the key, since only a vendor that refuses it there has looked at the
 * key here; and an upload of a few bytes. Whether a model may be used shows only when it is: that is said as unknown.
 */
export async function testDashScope(
  { host, region, hasPublicLinks }: { host: string; region: Region; hasPublicLinks: boolean },
  { ask, post }: Wire,
): Promise<ConnectionCheck[]> {
  const place: ConnectionPlace = { vendor: "dashscope", region };
  const here = REGION_LABELS[region];
  const question = `/tasks/${randomUUID()}`;
  const reply = await askSafely(ask, question);
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
  const isKeyAskedFor = isRefused(await askSafely(ask, question, false));
  return [
    ...(isKeyAskedFor
      ? [
          check("key", "good", `${host} took the key, and refuses the same question without it.`),
          isHostOfRegion(host, region)
            ? check("region", "good", `The key belongs to ${here}.`)
            : check(
                "region",
                "unknown",
                `${here} is what the settings say; ${host} does not tell where it is.`,
              ),
        ]
      : [
          check(
            "key",
            "unknown",
            `${host} answers the same without a key, so its answer says nothing about the key.`,
          ),
          check("region", "unknown", `${host} answers, but only a key that it looks at can tell the region.`),
        ]),
    readModels(models, here, policy),
    await testUpload(policy, region, hasPublicLinks, post),
  ];
}

function isRefused(reply: HttpReply | string): boolean {
  return typeof reply === "object" && (reply.status === 401 || reply.status === 403);
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

async function testUpload(
  policy: HttpReply | string | undefined,
  region: Region,
  hasPublicLinks: boolean,
  post: Wire["post"],
): Promise<ConnectionCheck> {
  const here = REGION_LABELS[region];
  const instead = hasPublicLinks
    ? "Where it does not work, the vendor fetches files by a link."
    : "If a clip or a sound is refused, set sign-in and PUBLIC_URL, or a bucket with S3_PUBLIC_ENDPOINT, so that the vendor can fetch files by a link.";
  const withoutUploads = `Pictures up to ${INLINE_BYTES_MAX / 1_000_000} MB travel inside the call. ${instead}`;
  const verdict = hasPublicLinks ? "unknown" : "bad";
  if (typeof policy !== "object") {
    const why = policy ?? "No model is known here";
    return check("upload", "unknown", `The upload could not be looked at. ${why}.`);
  }
  const granted = policy.status === 200 ? policyReplySchema.safeParse(policy.json) : null;
  if (!granted?.success) {
    const raw = readError(policy);
    const words = raw ? raw.message || raw.code : `HTTP ${policy.status}`;
    return check("upload", verdict, `The vendor gives no permission to upload (${words}). ${withoutUploads}`);
  }
  try {
    await post(granted.data.data);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const words = error.failure.raw?.message || error.failure.raw?.code || error.failure.title;
    return check(
      "upload",
      verdict,
      `The vendor gives permission to upload, but its store did not take a test file (${words}). ${withoutUploads}`,
    );
  }
  if (region === "cn-beijing") {
    return check(
      "upload",
      "good",
      `The vendor's store took a test file, and models in ${here} read such files.`,
    );
  }
  return check(
    "upload",
    "unknown",
    `The vendor's store took a test file. That models in ${here} read such files, its pages do not promise; a film that fails for it costs nothing. ${instead}`,
  );
}

async function askSafely(ask: Ask, path: string, withKey = true): Promise<HttpReply | string> {
  try {
    return await ask(path, withKey);
  } catch (error) {
    if (error instanceof TransportError) return error.message;
    throw error;
  }
}

function check(subject: Subject, verdict: ConnectionCheck["verdict"], message: string): ConnectionCheck {
  return { subject, verdict, message };
}
