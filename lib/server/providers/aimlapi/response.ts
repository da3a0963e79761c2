import { z } from "zod";
import type { SlotName } from "@/lib/domain/models/model";
import type { HttpReply } from "../http";
import type { RemoteStatus } from "../provider";
import { failureForTask } from "./failures";

const text = z.string().nullish().catch(null);
// Told beside the task: whatever shape it has, the task itself is not unread for it.
const meta = z.object({ usage: z.unknown().optional() }).nullish().catch(null);

/** A start that names a task has been taken, whatever else the reply holds. */
export const createdSchema = z.object({ id: z.string().min(1), meta });

export const generationSchema = createdSchema.extend({
  status: z.string().min(1),
  video: z.object({ url: z.url() }).nullish().catch(null),
  error: z
    .union([
      z.object({ name: text, message: text }),
      z.string().transform((message) => ({ name: null, message })),
    ])
    .nullish()
    .catch(null),
});

const errorSchema = z.object({ message: z.string().min(1), requestId: text });

/** An error in the gateway's own words, or null: a proxy's page is no answer of its. */
export function readError(reply: HttpReply): { message: string; requestId: string | null } | null {
  const parsed = errorSchema.safeParse(reply.json);
  return parsed.success ? { message: parsed.data.message, requestId: parsed.data.requestId ?? null } : null;
}

/** 200 is what the pages say; older addresses answer 201. */
export function isAnswer(reply: HttpReply): boolean {
  return reply.status === 200 || reply.status === 201;
}

/** A task's reply in our words, or null where it cannot be read. (Page of `wan-2-7-i2v`, "Retrieve the video".) */
export function toRemoteStatus(json: unknown, sent: readonly SlotName[]): RemoteStatus | null {
  const parsed = generationSchema.safeParse(json);
  if (!parsed.success) return null;
  const { status: word, video, error, meta } = parsed.data;
  switch (word.toLowerCase()) {
    case "queued":
      return { kind: "queued", word };
    case "generating":
      return { kind: "running", word };
    case "completed":
      if (!video) return null;
      return {
        kind: "succeeded",
        // How long the link lives is not published.
        result: { url: video.url, expiresAt: null },
        usage: meta?.usage ?? null,
        actualPrompt: null,
        sentPrompt: null,
      };
    case "error":
      return {
        kind: "failed",
        failure: failureForTask({ name: error?.name ?? "error", message: error?.message ?? "" }, sent),
      };
    default:
      return { kind: "unlisted", word };
  }
}
