import { markdownTable } from "../support/markdown-table";
import type { LifeReport } from "./life";
import { MOMENTS, TARGETS } from "./plan";

/** What was played and what came of it, as two tables. */
export function reportTable(reports: readonly LifeReport[]): string {
  const sum = (pick: (report: LifeReport) => number) =>
    String(reports.reduce((total, report) => total + pick(report), 0));
  const kills = reports.flatMap((report) => report.kills);
  const breaches = reports.flatMap((report) => report.breaches);
  const broken = (kind: string) => String(breaches.filter((breach) => breach.kind === kind).length);
  const killRows = TARGETS.filter((target) => kills.some(({ kill }) => kill.target === target)).map(
    (target) => [
      target,
      ...MOMENTS.map((moment) =>
        String(
          kills.filter(
            ({ kill, cameByItself }) => cameByItself && kill.target === target && kill.moment === moment,
          ).length,
        ),
      ),
      String(kills.filter(({ kill, cameByItself }) => !cameByItself && kill.target === target).length),
    ],
  );
  return [
    markdownTable([["killed", ...MOMENTS.map((moment) => `at ${moment}`), "when all was done"], ...killRows]),
    markdownTable([
      ["what", "how many"],
      ["schedules", sum(({ schedules }) => schedules)],
      ["kills", String(kills.length)],
      ["orders sent", sum(({ orders }) => orders.sent)],
      ["orders answered", sum(({ orders }) => orders.answered)],
      ["tasks by the emulator's books", sum(({ tasks }) => tasks)],
      ["clips kept and played", sum(({ clips }) => clips)],
      ["starts of unknown fate", sum(({ unconfirmed }) => unconfirmed.everBeen)],
      ["of them settled by the vendor's list", sum(({ unconfirmed }) => unconfirmed.found)],
      ["of them left unconfirmed, with no task", sum(({ unconfirmed }) => unconfirmed.left)],
      ["lost", broken("lost")],
      ["double starts", broken("doubled")],
      ["rows neither ended nor honestly unconfirmed", broken("undecided")],
      ["anything else that broke", broken("other")],
    ]),
  ].join("\n\n");
}
