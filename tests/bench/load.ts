import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newLife } from "@/lib/domain/generation-state";
import { newId } from "@/lib/domain/ids";
import { openDatabase } from "@/lib/server/db/database";
import { openSqlite } from "@/lib/server/db/sqlite-dialect";
import { readEnv } from "@/lib/server/env";
import type { Generation } from "@/lib/server/generations/generation";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { createConnections } from "@/lib/server/providers/registry";
import buildOnce from "../support/build-once";
import { type Studio, startStudio } from "../support/studio-server";
import { memoryOf } from "./memory";
import { atShare } from "./shares";
import { type Script, startScript } from "./start-script";

const QUEUED = 10_000;
/** Five over each connection, which is what a vendor runs at once: nothing that waits can go. */
const RUNNING = 100;
const CONNECTIONS = 20;
const SETTLE_MS = 10_000;
const MEASURED_MS = 60_000;

/** What a server costs with ten thousand clips waiting and a hundred under way, beside the same server with none. */
export async function benchLoad(print: (line: string) => void): Promise<void> {
  buildOnce();
  const vendor = await startScript("running-vendor.mjs");
  const connections = Array.from({ length: CONNECTIONS }, (_, index) => ({
    name: `Account ${index + 1}`,
    vendor: "dashscope",
    apiKey: `sk-bench-${String(index).padStart(12, "0")}`,
    baseUrl: `${vendor.url}/api/v1`,
  }));
  const env = { LOG_LEVEL: "error", CONNECTIONS: JSON.stringify(connections) };
  const studio = await startStudio({ env });
  try {
    print(
      `| over ${MEASURED_MS / 1000} s | CPU share of one core | memory MB | queries a second | page p50 ms |`,
    );
    print("|---|---|---|---|---|");
    const idle = await measure(studio, vendor);
    print(rowOf("nothing to do, as a baseline", idle));
    await studio.kill("SIGTERM");
    await fill(studio.dataDir, env);
    await studio.restart();
    const full = await measure(studio, vendor);
    print(rowOf(`${QUEUED} waiting, ${RUNNING} under way, ${CONNECTIONS} connections`, full));
    print(`${(full.memoryMb / idle.memoryMb).toFixed(2)} times the baseline's memory.`);
  } finally {
    await studio.remove();
    vendor.stop();
  }
}

type Cost = { cpuShare: number; memoryMb: number; queriesPerSecond: number; pageMs: number };

async function measure(studio: Studio, vendor: Script): Promise<Cost> {
  await fetch(studio.url);
  await new Promise((done) => setTimeout(done, SETTLE_MS));
  const before = { cpuMs: cpuOf(studio.pid()), queries: await countOf(vendor), at: performance.now() };
  await new Promise((done) => setTimeout(done, MEASURED_MS));
  const seconds = (performance.now() - before.at) / 1000;
  const cpuShare = (cpuOf(studio.pid()) - before.cpuMs) / 1000 / seconds;
  const queriesPerSecond = ((await countOf(vendor)) - before.queries) / seconds;
  const memoryMb = memoryOf(studio.pid());
  const waits: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const startedAt = performance.now();
    await (await fetch(studio.url)).arrayBuffer();
    waits.push(performance.now() - startedAt);
  }
  return { cpuShare, memoryMb, queriesPerSecond, pageMs: atShare(waits, 0.5) };
}

const countOf = async ({ url }: Script): Promise<number> =>
  Number(await (await fetch(`${url}/count`)).text());

/** Processor time that the process has had, ms. (proc(5): fields 14 and 15, in hundredths of a second) */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function fill(dataDir: string, env: Record<string, string>): Promise<void> {
  const db = await openDatabase(openSqlite(join(dataDir, "firstframe.sqlite")));
  const generations = createGenerationRepository(db, createGenerationBus());
  const refuse = () => Promise.reject(new Error("Nothing is sent while the rows are made"));
  const { offered } = createConnections({
    connections: readEnv(env).connections,
    fetch: refuse,
    emulatorFetch: refuse,
    now: Date.now,
  });
  const free = { beforeOrder: async () => {}, afterOrder: async () => {} };
  for (let index = 0; index < RUNNING + QUEUED; index += 1) {
    const view = offered[index % offered.length]?.view;
    if (!view) throw new Error("There is no connection");
    await generations.insert(rowFor(view, index), free);
  }
  await db.destroy();
}

function rowFor({ id, label }: { id: string; label: string }, index: number): Generation {
  const at = Date.now() - 60_000;
  const underWay =
    index < RUNNING
      ? {
          state: "running" as const,
          remoteTask: { taskId: `task-${index}` },
          remoteWord: "RUNNING",
          submittedAt: at,
          deadlineAt: at + 24 * 3_600_000,
        }
      : {};
  return {
    id: newId("gen"),
    ownerId: "usr_local",
    requestId: newId("req"),
    connection: { id, label, isDemo: false },
    modelId: "wan2.7-i2v",
    modelLabel: "Wan 2.7",
    mode: "animate",
    media: {},
    parameters: { prompt: `Film ${index}`, resolution: "720P", durationSeconds: 5 },
    predictedSize: { width: 1280, height: 720 },
    price: { amountMicro: 500_000, currency: "USD" },
    spendDay: new Date(at).toISOString().slice(0, 10),
    retryOf: null,
    isDismissed: false,
    createdAt: at + index,
    updatedAt: at + index,
    ...newLife(at),
    ...underWay,
  };
}

function rowOf(name: string, { cpuShare, memoryMb, queriesPerSecond, pageMs }: Cost): string {
  const share = `${(cpuShare * 100).toFixed(0)} %`;
  return `| ${name} | ${share} | ${memoryMb} | ${queriesPerSecond.toFixed(1)} | ${pageMs.toFixed(0)} |`;
}
