import { createMediaProcess } from "@/lib/server/media/media-process";
import type { S3Server } from "../support/test-storage";
import { type LifeReport, playLife } from "./life";

/** So many schedules are played over one data folder, each on what the ones before it left. */
const SCHEDULES_PER_LIFE = 10;

type Options = {
  /** So many lives at a time. */
  lanes: number;
  /** Given, the lives are led on several processes, a PostgreSQL and this. */
  s3?: S3Server | null;
  onLife?: (report: LifeReport, seeds: readonly number[]) => void;
};

/** Plays the seeds, a life for every few of them, and tells each life's report as it ends. */
export async function playLives(
  seeds: readonly number[],
  { lanes, s3 = null, onLife = () => {} }: Options,
): Promise<LifeReport[]> {
  const perLife = Math.min(SCHEDULES_PER_LIFE, Math.ceil(seeds.length / lanes));
  const lives: number[][] = [];
  for (let at = 0; at < seeds.length; at += perLife) lives.push(seeds.slice(at, at + perLife));
  const media = createMediaProcess({
    projectRoot: process.cwd(),
    concurrency: 1,
    defaultTimeoutMs: 60_000,
  });
  const reports: LifeReport[] = [];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let life = lives.shift(); life; life = lives.shift()) {
        const report = await playLife(life, { media, s3 }).catch(brokenLife(life));
        reports.push(report);
        onLife(report, life);
      }
    }),
  );
  await media.close();
  return reports;
}

/** A life that could not even begin, or end: it has shown nothing, and that is told as what it is. */
function brokenLife([seed = 0]: readonly number[]) {
  return (error: unknown): LifeReport => ({
    schedules: 0,
    kills: [],
    orders: { sent: 0, answered: 0 },
    tasks: 0,
    clips: 0,
    unconfirmed: { everBeen: 0, found: 0, left: 0 },
    breaches: [{ seed, kind: "other", words: `its life broke off: ${error}` }],
    output: error instanceof Error ? (error.stack ?? "") : "",
  });
}
