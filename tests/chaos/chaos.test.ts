import { expect, test } from "vitest";
import { playLives } from "./play-lives";
import { reportTable } from "./report-table";

/** `npm run test:chaos` plays 200 and more. */
const SEEDS = [6, 7, 8, 9, 12];
const LANES = 3;

test(`over ${SEEDS.length} schedules of real kills no paid clip is lost, none is started twice, and every row ends or says why not`, async () => {
  const reports = await playLives(SEEDS, { lanes: LANES });
  const breaches = reports.flatMap((report) => report.breaches);
  expect(breaches, `${reportTable(reports)}\n${reports.map(({ output }) => output).join("\n")}`).toEqual([]);
  // Kills that hit nothing prove nothing.
  const kills = reports.flatMap((report) => report.kills);
  expect(kills.filter(({ cameByItself }) => cameByItself).length).toBeGreaterThanOrEqual(4);
  expect(reports.reduce((clips, report) => clips + report.clips, 0)).toBeGreaterThan(0);
}, 600_000);
