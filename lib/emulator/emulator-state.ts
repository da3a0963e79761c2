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
  /** How often a scenario has refused a prompt of an account so far. */
  refusals: Map<string, number>;
  now: () => number;
  timeScale: number;
  expiryScale: number;
  /** Null: as the request says. */
  publicBaseUrl: string | null;
  log: EmulatorLog;
};

/** Whoever sends the request; `accountId` is made of the key. */
export type Caller = { accountId: string };
