import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AssetView } from "@/lib/domain/asset";
import type { GenerationView } from "@/lib/domain/generation";
import { newId } from "@/lib/domain/ids";
import { paths } from "@/lib/paths";
import { readEnv } from "@/lib/server/env";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { createConnections } from "@/lib/server/providers/registry";
import { startEmulatorProcess } from "@/tests/support/emulator-process";
import { type EventReader, readEvents } from "@/tests/support/event-reader";
import { jpegPicture } from "@/tests/support/pictures";
import { type Studio, startStudio, startWorkerProcess } from "@/tests/support/studio-server";
import { dropDatabasePlace, newPostgresPlace, openTestDatabase } from "@/tests/support/test-database";
import { openTestBucket, testS3Server } from "@/tests/support/test-storage";

const OWNER = "usr_local";
const MODEL = "wan2.7-i2v";
const closers: (() => Promise<unknown>)[] = [];
let emulator: Awaited<ReturnType<typeof startEmulatorProcess>>;
let place: Awaited<ReturnType<typeof newPostgresPlace>>;
let webs: [Studio, Studio];
let workers: [Studio, Studio];
let connectionId: string;

/** One database, one bucket, one vendor; two servers that do not work and two workers that do not serve. */
beforeAll(async () => {
  if (!testS3Server) throw new Error("TEST_S3_ENDPOINT names no server; `npm run test:scale` starts one");
  const folder = await mkdtemp(join(tmpdir(), "firstframe-many-"));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  place = await newPostgresPlace();
  closers.push(() => dropDatabasePlace(place));
  const bucket = await openTestBucket(testS3Server, folder);
  closers.push(() => bucket.remove());
  emulator = await startEmulatorProcess({ EMULATOR_TIME_SCALE: "30" });
  closers.push(() => emulator.stop());
  const env = {
    DATABASE_URL: place.url,
    AUTH_SECRET: "0123456789abcdef0123456789abcdef",
    S3_BUCKET: bucket.place.bucket,
    S3_ENDPOINT: bucket.place.endpoint ?? "",
    S3_REGION: bucket.place.region,
    S3_ACCESS_KEY_ID: bucket.place.credentials?.accessKeyId ?? "",
    S3_SECRET_ACCESS_KEY: bucket.place.credentials?.secretAccessKey ?? "",
    DASHSCOPE_API_KEY: "sk-test",
    DASHSCOPE_BASE_URL: `${emulator.url}/api/v1`,
    LOG_LEVEL: "warn",
  };
  const unasked = () => Promise.reject(new Error("Only its name is asked here"));
  const { connections } = readEnv(env);
  const { offered } = createConnections({
    connections,
    fetch: unasked,
    emulatorFetch: unasked,
    now: Date.now,
  });
  connectionId = offered[0]?.view.id ?? "";
  // All four at once on an empty database, as an orchestrator starts them.
  const web = { env: { ...env, WORKER: "off" } };
  const [first, second, third, fourth] = await Promise.all([
    startStudio(web),
    startStudio(web),
    startWorkerProcess({ env, byNpm: true }),
    startWorkerProcess({ env }),
  ]);
  webs = [first, second];
  workers = [third, fourth];
  closers.push(...[...webs, ...workers].map((program) => () => program.remove()));
}, 240_000);

afterAll(async () => {
  for (const close of closers.toReversed()) await close();
}, 120_000);

async function upload({ url }: Studio): Promise<AssetView> {
  const answer = await fetch(
    url + paths.upload({ fileName: "pier.jpg", slot: "firstFrame", modelId: MODEL }),
    {
      method: "POST",
      body: new Uint8Array(await jpegPicture(480, 360)),
    },
  );
  expect(answer.status, await answer.clone().text()).toBeLessThan(202);
  return ((await answer.json()) as { asset: AssetView }).asset;
}

async function order(
  { url }: Studio,
  firstFrame: AssetView,
  requestId = newId("req"),
): Promise<GenerationView> {
  const answer = await fetch(`${url}/api/generations`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      requestId,
      connectionId,
      modelId: MODEL,
      mode: "animate",
      media: { firstFrame: firstFrame.id },
      parameters: { prompt: "The boat leaves the pier", resolution: "720P", durationSeconds: 2 },
      shownPrice: { amountMicro: 200_000, currency: "USD" },
    }),
  });
  expect(answer.status, await answer.clone().text()).toBe(201);
  return ((await answer.json()) as { generation: GenerationView }).generation;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setTimeout(done, 100));
}

const hasEnded = ({ views }: EventReader, ids: readonly string[]) =>
  ids.every((id) => views.get(id)?.state === "succeeded");

test("a clip ordered at one server shows at the other as it comes, and plays from both", async () => {
  const [first, second] = webs;
  const events = readEvents(`${second.url}/api/events`);
  closers.push(() => events.close());
  const { id } = await order(first, await upload(first));
  await until(() => hasEnded(events, [id]));
  const clip = events.views.get(id)?.clip;
  expect(clip).toBeTruthy();
  const films = await Promise.all(
    webs.map(async ({ url }) => {
      const answer = await fetch(url + paths.assetContent(clip?.assetId ?? ""));
      expect(answer.headers.get("content-length")).toBe(String(clip?.sizeBytes));
      return Buffer.from(await answer.arrayBuffer());
    }),
  );
  expect(films[0]?.equals(films[1] ?? Buffer.alloc(0))).toBe(true);
  expect(films[0]?.subarray(4, 8).toString()).toBe("ftyp");
  const part = await fetch(second.url + paths.assetContent(clip?.assetId ?? ""), {
    headers: { Range: "bytes=100-199" },
  });
  expect(part.status).toBe(206);
  expect(Buffer.from(await part.arrayBuffer()).equals(films[0]?.subarray(100, 200) ?? Buffer.alloc(0))).toBe(
    true,
  );
}, 120_000);

test("one draft pressed at both servers at once is one clip", async () => {
  const picture = await upload(webs[1]);
  const requestId = newId("req");
  const made = await Promise.all(webs.map((web) => order(web, picture, requestId)));
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
}, 60_000);

test("each process is restarted in turn while clips are made: no event is lost and nothing starts twice", async () => {
  const streams = webs.map(({ url }) => readEvents(`${url}/api/events`));
  for (const stream of streams) closers.push(() => stream.close());
  const picture = await upload(webs[0]);
  const ids: string[] = [];
  for (const [index, program] of [workers[0], webs[0], workers[1], webs[1]].entries()) {
    const asked = webs[index % 2] ?? webs[0];
    for (let count = 0; count < 2; count += 1) ids.push((await order(asked, picture)).id);
    expect(await program.kill("SIGTERM")).toBe(0);
    await program.restart();
  }
  await until(() => streams.every((stream) => hasEnded(stream, ids)));

  const database = await openTestDatabase(place);
  closers.push(() => database.close());
  const generations = createGenerationRepository(database.db, createGenerationBus());
  const last = await generations.lastEventId(OWNER);
  for (const stream of streams) {
    await until(() => stream.ids.at(-1) === last);
    expect(stream.reconnects()).toBeGreaterThan(0);
    expect(stream.ids).toEqual([...stream.ids].sort((left, right) => left - right));
    for (const id of ids) {
      expect(stream.views.get(id)?.version).toBe((await generations.find(id))?.version);
    }
  }
  const rows = await database.db.selectFrom("generations").select(["id", "state"]).execute();
  await until(async () => (await emulator.countTasks()) >= rows.length);
  expect(await emulator.countTasks()).toBe(rows.length);
}, 240_000);
