import { z } from "zod";
import type { HttpReply } from "../http";
import type { RemoteStatus, SentMedia, TaskPage, TaskTimes } from "../provider";
import { failureFor, type RawError } from "./failures";
import { suspectsOf } from "./unread-inputs";

// Only what we read, and leniently: vendors add keys and leave out empty ones, and a paid task is not unread for a key
// beside it.
const text = z.string().nullish().catch(null);

export const createReplySchema = z.object({ output: z.object({ task_id: z.string().min(1) }) });

const taskReplySchema = z.object({
  request_id: text,
  output: z.object({
    task_status: z.string().min(1),
    video_url: text,
    actual_prompt: text,
    orig_prompt: text,
    code: text,
    message: text,
    submit_time: text,
    scheduled_time: text,
    end_time: text,
  }),
  usage: z.unknown().optional(),
});

const errorReplySchema = z.object({ code: z.string().min(1), message: text, request_id: text });

/** An error in the vendor's own words; its file store speaks XML. Null where the reply is anything else. */
export function readError(reply: HttpReply): RawError | null {
  const body = errorReplySchema.safeParse(reply.json);
  if (body.success) {
    const { code, message, request_id } = body.data;
    return { code, message: message ?? "", requestId: request_id ?? null };
  }
  const [code, message, requestId] = ["Code", "Message", "RequestId"].map(
    (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(reply.text)?.[1],
  );
  return reply.text.includes("<Error>") && code
    ? { code, message: message ?? "", requestId: requestId ?? null }
    : null;
}

export const policyReplySchema = z.object({
  data: z.object({
    policy: z.string(),
    signature: z.string(),
    upload_dir: z.string(),
    upload_host: z.url(),
    // The reference types these as text and shows numbers.
    max_file_size_mb: z.coerce.number().nullish().catch(null),
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
export function toRemoteStatus(json: unknown, sent: SentMedia): RemoteStatus | null {
  const parsed = taskReplySchema.safeParse(json);
  const status = parsed.success ? standingOf(parsed.data, sent) : null;
  const times = parsed.success ? readTimes(parsed.data.output) : null;
  return status && times ? { ...status, times } : status;
}

type TaskReply = z.infer<typeof taskReplySchema>;

function standingOf({ output, usage, request_id }: TaskReply, sent: SentMedia): RemoteStatus | null {
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
        sentPrompt: output.orig_prompt ?? null,
      };
    case "FAILED": {
      const { code, message } = output;
      const raw = { code: code ?? "", message: message ?? "", requestId: request_id ?? null };
      return { kind: "failed", failure: failureFor(raw, suspectsOf(raw, sent)).failure };
    }
    case "CANCELED":
    case "CANCELLED":
      return { kind: "cancelled" };
    case "UNKNOWN":
      return { kind: "expired", word };
    default:
      return { kind: "unlisted", word };
  }
}

/**
 * How long the task waited and took. The three times carry no zone, but share one; null where none of it is told.
 * (Manage asynchronous tasks, "Query one task".)
 */
function readTimes({ submit_time, scheduled_time, end_time }: TaskReply["output"]): TaskTimes | null {
  const submittedAt = readClock(submit_time);
  const since = (clock: string | null | undefined) => {
    const sinceMs = readClock(clock) - submittedAt;
    return sinceMs >= 0 ? sinceMs : null;
  };
  const times = { queueMs: since(scheduled_time), endMs: since(end_time) };
  return times.queueMs === null && times.endMs === null ? null : times;
}

/** `YYYY-MM-DD HH:mm:ss.SSS` as ms of some zone; not a number where it is anything else. */
function readClock(clock: string | null | undefined): number {
  return clock ? Date.parse(`${clock.replace(" ", "T")}Z`) : Number.NaN;
}

/** The link's own end of life from its `Expires` (unix seconds), as epoch ms. */
function readExpiry(url: string): number | null {
  const seconds = URL.canParse(url) ? Number(new URL(url).searchParams.get("Expires")) : 0;
  return seconds > 0 ? seconds * 1000 : null;
}

const listReplySchema = z.object({
  total_page: z.coerce.number().nullish(),
  data: z.array(
    z.object({
      task_id: z.string().min(1),
      status: z.string().min(1),
      model_name: text,
      request_id: text,
      gmt_create: z.number().nullish(),
      start_time: z.number().nullish(),
      end_time: z.number().nullish(),
    }),
  ),
});

/**
 * Page number `page` of the account's tasks, from 1; its times are epoch milliseconds, unlike those of a query. (Manage
 * asynchronous tasks.) Where it does not say how many pages there are, only an empty one is the last: a list that was cut
 * short would make a task look like the only one.
 */
export function toTaskPage(json: unknown, page: number): TaskPage | null {
  const parsed = listReplySchema.safeParse(json);
  if (!parsed.success) return null;
  return {
    pageCount: parsed.data.total_page ?? (parsed.data.data.length > 0 ? page + 1 : page),
    tasks: parsed.data.data.map((row) => ({
      taskId: row.task_id,
      word: row.status,
      modelName: row.model_name ?? null,
      requestId: row.request_id ?? null,
      createdAt: row.gmt_create ?? null,
      startedAt: row.start_time ?? null,
      endedAt: row.end_time ?? null,
    })),
  };
}
