import { mkdir } from "node:fs/promises";
import type { MediaProcess } from "@/lib/server/media/media-process";
import type { EmulatorState } from "./emulator-state";
import { forgetExpired } from "./forget-expired";
import { findModel, type Region } from "./limits";
import { createRateLimiter } from "./rate-limiter";
import { openSigner } from "./signing";
import { createTaskRunner, type EmulatorLog, isUnfinished } from "./task-runner";
import { openTaskStore } from "./task-store";
import { openUploadStore } from "./upload-store";

/** A vendor's minute and a half becomes a few seconds, besides what the rendering takes. */
export const DEMO_TIME_SCALE = 20;

export type EmulatorOptions = {
  dataDir: string;
  /** Renders films and looks at pictures; with room for two tasks, a look need not wait for a film. */
  media: MediaProcess;
  clock: { now(): number };
  /** How many times faster than the vendor a task waits and runs; null for the demo's pace. */
  timeScale: number | null;
  /** How many times faster than at the vendor tasks, films and uploads run out. */
  expiryScale: number;
  /** Whose models and limits it has; without one, those of every region. */
  region?: Region | null;
  /** Answers 400 at create for what otherwise makes a task that fails at the first look. */
  isStrict?: boolean;
  /** Makes 1920 × 1080 of exactly 16:9, where the documented rule makes 1920 × 1072. */
  hasFullHd?: boolean;
  /** How inputs behind http(s) addresses are fetched; without it such an input cannot be downloaded. */
  fetch?: typeof fetch;
  log?: EmulatorLog;
  /** Origin for result and upload addresses; by default that of the request. */
  publicBaseUrl?: string;
};

/** Reads what an earlier run left in the data folder, and takes its unfinished work up. */
export async function openEmulatorState(options: EmulatorOptions): Promise<EmulatorState> {
  const { dataDir, media, clock, expiryScale, timeScale, publicBaseUrl = null } = options;
  const { region = null, isStrict = false, hasFullHd = false } = options;
  const log = options.log ?? { warn() {} };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const [tasks, uploads] = [await openTaskStore(dataDir), await openUploadStore(dataDir)];
  const now = () => clock.now();
  const reader = { uploads, media, fetch: options.fetch, now, expiryScale, isStrict };
  const modelOf = (id: string) => findModel(id, region) ?? findModel(id, null);
  const state: EmulatorState = {
    tasks,
    uploads,
    reader,
    runner: createTaskRunner(tasks, reader, { modelOf, sizeRule: { hasFullHd }, log }),
    signer: await openSigner(dataDir),
    rates: createRateLimiter(),
    counts: new Map(),
    region,
    isStrict,
    now,
    timeScale: timeScale ?? DEMO_TIME_SCALE,
    expiryScale,
    publicBaseUrl,
    log,
  };
  await forgetExpired(state);
  for (const task of tasks.all().sort((a, b) => a.createdAt - b.createdAt)) {
    if (await isUnfinished(task, tasks)) state.runner.begin(task);
  }
  return state;
}
