import { z } from "zod";
import type { SlotName } from "@/lib/domain/models/model";
import type { HttpReply } from "../http";
import type { RemoteStatus } from "../provider";
import { failureForTask } from "./failures";

const text = z.string().nullish();

export const generationSchema = z.object({
  id: z.string().min(1),
  status: z.string().min(1),
  video: z.object({ url: z.url() }).nullish().catch(null),
  error: z.object({ name: text, message: text }).nullish(),
  meta: z.object({ usage: z.unknown() }).nullish(),
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
