import { reportBoot } from "@/lib/server/boot-report";

export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") await reportBoot(import("@/lib/server/boot"));
}
