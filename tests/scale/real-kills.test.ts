import { expect, test } from "vitest";
import { playLives } from "../chaos/play-lives";
import { reportTable } from "../chaos/report-table";
import { testS3Server } from "../support/test-storage";

/** `npm run test:chaos -- 1 200 --scale` plays more. */
const SEEDS = [1, 2, 5, 6];

test(`over ${SEEDS.length} schedules that kill server, worker, PostgreSQL and vendor no paid clip is lost and none is started twice`, async () => {
  if (!testS3Server) throw new Error("TEST_S3_ENDPOINT names no server; `npm run test:scale` starts one");
  const reports = await playLives(SEEDS, { lanes: 2, s3: testS3Server });
  const breaches = reports.flatMap((report) => report.breaches);
  expect(breaches, `${reportTable(reports)}\n${reports.map(({ output }) => output).join("\n")}`).toEqual([]);
  expect(reports.reduce((clips, report) => clips + report.clips, 0)).toBeGreaterThan(0);
}, 600_000);
