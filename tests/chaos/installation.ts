import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectionId } from "@/lib/server/providers/connection-id";
import { startKillableEmulator, startStudio, startWorkerProcess } from "../support/studio-server";
import type { DatabasePlace } from "../support/test-database";
import type { S3Server } from "../support/test-storage";
import type { Moment, Target } from "./plan";
import { openSharedStores } from "./shared-stores";
import { openWatchedLine } from "./watched-line";

/** A vendor's minute becomes a second, besides what the rendering takes. */
const TIME_SCALE = "60";
const REGION = "ap-southeast-1";

const standing = new Set<() => Promise<void>>();

/** Ends every process and removes every folder that is still there. */
export async function removeAll(): Promise<void> {
  await Promise.all([...standing].map((remove) => remove()));
}

type Program = { kill(): Promise<unknown>; restart(): Promise<unknown> };

/**
 * The built server, the stand-alone emulator, and a line between them; given an S3 server, the server only serves, and a
 * worker and a PostgreSQL stand beside it. Each schedule has an account of its own at the vendor, because a start that
 * never arrived holds its place there for minutes.
 */
export async function install(accounts: number, saw: (moment: Moment) => void, s3: S3Server | null) {
  const removals: (() => Promise<unknown>)[] = [];
  async function remove(): Promise<void> {
    standing.delete(remove);
    for (const removeOne of removals.splice(0).toReversed()) await removeOne();
  }
  standing.add(remove);

  try {
    const vendorDir = await mkdtemp(join(tmpdir(), "firstframe-vendor-"));
    removals.push(() => rm(vendorDir, { recursive: true, force: true }));
    const emulator = await startKillableEmulator({
      env: { EMULATOR_DATA_DIR: vendorDir, EMULATOR_TIME_SCALE: TIME_SCALE },
    });
    removals.push(emulator.remove);
    const line = await openWatchedLine(emulator.url, saw);
    removals.push(line.close);
    const { host } = new URL(line.url);
    const names = Array.from({ length: accounts }, (_, index) => `account ${index + 1}`);
    const connections = names.map((name) => {
      const apiKey = `sk-${name.replace(" ", "-")}`;
      return { name, vendor: "dashscope", region: REGION, baseUrl: `${line.url}/api/v1`, apiKey };
    });
    const shared = s3 && (await openSharedStores(s3));
    if (shared) removals.push(shared.remove);
    const env = { CONNECTIONS: JSON.stringify(connections), ...shared?.env };
    const studio = await startStudio({ env: { ...env, ...(shared && { WORKER: "off" }) } });
    removals.push(studio.remove);
    const worker = shared && (await startWorkerProcess({ env }));
    if (worker) removals.push(worker.remove);
    const place: DatabasePlace = shared
      ? { kind: "postgres", url: shared.env.DATABASE_URL }
      : { kind: "sqlite", file: join(studio.dataDir, "firstframe.sqlite") };

    const server = { kill: () => studio.kill("SIGKILL"), restart: studio.restart };
    const vendor = {
      async kill() {
        await line.down();
        await emulator.kill("SIGKILL");
      },
      async restart() {
        await emulator.restart();
        await line.up();
      },
    };
    const programs: Record<Target, readonly Program[]> = {
      server: [server],
      emulator: [vendor],
      both: [server, vendor],
      worker: worker ? [{ kill: () => worker.kill("SIGKILL"), restart: worker.restart }] : [],
      database: shared ? [shared.postgres] : [],
    };
    const parts = { vendor: "dashscope", region: REGION, workspaceId: null, host } as const;

    return {
      studio,
      /** Where the studio keeps its rows. */
      place,
      /** Where the emulator keeps its tasks. */
      vendorDir,
      connectionIds: names.map((name) => connectionId(parts, accounts > 1 ? name : null)),

      async kill(target: Target): Promise<void> {
        if (programs[target].length === 0) throw new Error(`There is no ${target} to kill`);
        await Promise.all(programs[target].map((program) => program.kill()));
      },

      async restart(target: Target): Promise<void> {
        await Promise.all(programs[target].map((program) => program.restart()));
      },

      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
