import type { Region } from "./limits";
import type { RateLimiter } from "./rate-limiter";
import type { InputReader } from "./read-input";
import type { Signer } from "./signing";
import type { EmulatorLog, TaskRunner } from "./task-runner";
import type { TaskStore } from "./task-store";
import type { UploadStore } from "./upload-store";

/** What the routes work with. */
export type EmulatorState = {
  tasks: TaskStore;
  uploads: UploadStore;
  runner: TaskRunner;
  reader: InputReader;
  signer: Signer;
  rates: RateLimiter;
  /** How often a scenario has had its way so far, by what it is about. */
  counts: Map<string, number>;
  /** Whose models there are; null for every region's. */
  region: Region | null;
  isStrict: boolean;
  now: () => number;
  timeScale: number;
  expiryScale: number;
  /** Null: as the request says. */
  publicBaseUrl: string | null;
  log: EmulatorLog;
};

/** Whoever sends the request; all of it is made of the key. */
export type Caller = { accountId: string; apiKeyId: string; callerUid: string };
