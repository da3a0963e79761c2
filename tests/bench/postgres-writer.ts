// Writes rows into a studio's PostgreSQL as another process of it does, and prints when each was committed.
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Failure } from "@/lib/domain/failure";
import { newLife } from "@/lib/domain/generation-state";
import { newId } from "@/lib/domain/ids";
import { openDatabase } from "@/lib/server/db/database";
import { openPostgresChannel } from "@/lib/server/db/postgres-channel";
import { openPostgres } from "@/lib/server/db/postgres-dialect";
import type { Generation } from "@/lib/server/generations/generation";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { createSharedGenerationBus } from "@/lib/server/generations/shared-generation-bus";
import { createLog } from "@/lib/server/log";

const EVERY_MS = 83;
const [url = "", rows = "0"] = process.argv.slice(2);

const { dialect, migrationDialect, watch } = openPostgres(url, createLog("error"));
const db = await openDatabase(dialect, migrationDialect);
const bus = createSharedGenerationBus((text) => channel.publish(text));
let isListening: () => void = () => {};
const listening = new Promise<void>((done) => {
  isListening = done;
});
const channel = openPostgresChannel({
  url,
  name: "firstframe_generations",
  watch,
  onText: (text) => bus.hear(text),
  onGap: () => isListening(),
});
const generations = createGenerationRepository(db, bus);
const free = { beforeOrder: async () => {}, afterOrder: async () => {} };
const failure: Failure = {
  kind: "closed",
  title: "Closed",
  explanation: "It was closed.",
  input: null,
  charged: "unknown",
  advice: "retry",
  raw: null,
};

function committed({ id, version }: Generation): void {
  console.log(JSON.stringify({ id, version, at: Date.now() }));
}

/** A start of unknown fate that nobody looks for: no worker takes it up. */
function newRow(): Generation {
  const at = Date.now();
  return {
    id: newId("gen"),
    ownerId: "usr_local",
    requestId: newId("req"),
    connection: { id: "dashscope:ap-southeast-1", label: "Model Studio, Singapore", isDemo: false },
    modelId: "wan2.7-i2v",
    modelLabel: "Wan 2.7",
    mode: "animate",
    media: {},
    parameters: { prompt: "The boat leaves the pier", resolution: "720P", durationSeconds: 5 },
    predictedSize: { width: 1280, height: 720 },
    price: { amountMicro: 500_000, currency: "USD" },
    spendDay: new Date(at).toISOString().slice(0, 10),
    retryOf: null,
    isDismissed: false,
    createdAt: at,
    updatedAt: at,
    ...newLife(at),
    state: "unconfirmed",
    submittedAt: at,
    dueAt: null,
    failure,
  };
}

await listening;
console.log("ready");
await once(process.stdin, "data");
for (let index = 0; index < Number(rows); index += 1) {
  const { generation } = await generations.insert(newRow(), free);
  committed(generation);
  await pause(EVERY_MS);
  const ended = await generations.applyEvent(generation, {
    type: "closed-by-person",
    at: Date.now(),
    failure,
  });
  if (!ended) throw new Error("Somebody else wrote to the row");
  committed(ended);
  await pause(EVERY_MS);
}
await bus.close();
await channel.close();
watch.close();
await db.destroy();
console.log("done");
process.exit(0);
