import "server-only";
import { getServices } from "@/lib/server/services";
import { type MonthReport, reportMonth } from "@/lib/server/spend/report-month";
import { requireViewer } from "@/lib/server/viewer";

/** A month's spend for whoever is signed in, and the time zone that its days are counted in. */
export async function loadSpend(
  askedMonth: unknown,
): Promise<MonthReport & { isLocal: boolean; timeZone: string }> {
  const viewer = await requireViewer();
  const services = await getServices();
  const report = await reportMonth(services, viewer, askedMonth);
  return { ...report, isLocal: viewer.isLocal, timeZone: services.env.timeZone };
}
