import "server-only";
import { headers } from "next/headers";
import type { SharedClipView } from "@/lib/domain/share";
import { getServices } from "@/lib/server/services";
import { openShare as open } from "@/lib/server/shares/open-share";

export async function openShare(token: string): Promise<SharedClipView | null> {
  const opened = await open(await getServices(), token);
  return opened?.view ?? null;
}

/** The origin that link previews use: `PUBLIC_URL` where it is set, else the one that was asked for. */
export async function shareBaseUrl(): Promise<string> {
  const { env } = await getServices();
  if (env.publicUrl) return env.publicUrl;
  const asked = await headers();
  const host = asked.get("x-forwarded-host") ?? asked.get("host") ?? "127.0.0.1";
  return `${asked.get("x-forwarded-proto") === "https" ? "https" : "http"}://${host}`;
}
