import { z } from "zod";
import type { RemoteStatus } from "../provider";
import { failureFor } from "./failures";

// Only what we read, and leniently: vendors add keys and leave out empty ones.
const text = z.string().nullish();

export const createReplySchema = z.object({
  request_id: text,
  output: z.object({ task_id: z.string().min(1) }),
});

const taskReplySchema = z.object({
  request_id: text,
  output: z.object({
    task_status: z.string().min(1),
    video_url: text,
    actual_prompt: text,
    code: text,
    message: text,
  }),
  usage: z.unknown().optional(),
});

export const errorReplySchema = z.object({ code: z.string().min(1), message: text, request_id: text });

export const policyReplySchema = z.object({
  data: z.object({
    policy: z.string(),
    signature: z.string(),
    upload_dir: z.string(),
    upload_host: z.url(),
    oss_access_key_id: z.string(),
    x_oss_object_acl: z.string(),
    x_oss_forbid_overwrite: z.coerce.string(),
  }),
});
export type UploadPolicy = z.infer<typeof policyReplySchema>["data"];

/**
 * A query's reply in our words, or null where it cannot be read. Every state comes with HTTP 200.
 * (API reference, "Query the result by task ID".)
 */
export function toRemoteStatus(json: unknown): RemoteStatus | null {
  const parsed = taskReplySchema.safeParse(json);
  if (!parsed.success) return null;
  const { output, usage, request_id } = parsed.data;
  const word = output.task_status;
  switch (word.toUpperCase()) {
    case "PENDING":
      return { kind: "queued", word };
    case "RUNNING":
      return { kind: "running", word };
    case "SUCCEEDED":
      if (!output.video_url) return null;
      return {
        kind: "succeeded",
        result: { url: output.video_url, expiresAt: readExpiry(output.video_url) },
        usage: usage ?? null,
        actualPrompt: output.actual_prompt ?? null,
      };
    case "FAILED":
      return {
        kind: "failed",
        failure: failureFor({
          code: output.code ?? "",
          message: output.message ?? "",
          requestId: request_id ?? null,
        }).failure,
      };
    case "CANCELED":
    case "CANCELLED":
      return { kind: "cancelled" };
    case "UNKNOWN":
      return { kind: "expired", word };
    default:
      return { kind: "unlisted", word };
  }
}

/** The link's own end of life from its `Expires` (unix seconds), as epoch ms. */
function readExpiry(url: string): number | null {
  const seconds = URL.canParse(url) ? Number(new URL(url).searchParams.get("Expires")) : 0;
  return seconds > 0 ? seconds * 1000 : null;
}
