import "server-only";
import { headers } from "next/headers";
import type { SharedClipView } from "@/lib/domain/share";
import { requestOrigin } from "@/lib/server/request-origin";
import { getServices } from "@/lib/server/services";
import { openShare as open } from "@/lib/server/shares/open-share";

export async function openShare(token: string): Promise<SharedClipView | null> {
  const opened = await open(await getServices(), token);
  return opened?.view ?? null;
}

/** The origin that link previews use: `PUBLIC_URL` where it is set, else the one that was asked for. */
export async function shareBaseUrl(): Promise<string> {
  const { env } = await getServices();
  return requestOrigin(env.publicUrl, await headers());
}
