import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createEmulator } from "@/lib/emulator/handler";
import { testFolder } from "@/tests/fixtures/media/test-folder";
import { firstFrameBody, KEY, readReply, speakTo, startEmulator, startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

const PATIENCE = { timeout: 60_000, interval: 50 };
const projectRoot = resolve(import.meta.dirname, "../..");

/** The program a person starts by `npm run emulator`. */
async function startProgram(dataDir: string): Promise<{ program: ChildProcess; address: string }> {
  const program = spawn(
    process.execPath,
    ["--import", "tsx", "--conditions=react-server", "lib/entry/emulator.ts"],
    {
      cwd: projectRoot,
      env: { NODE_ENV: "production", PORT: "0", EMULATOR_DATA_DIR: dataDir, EMULATOR_TIME_SCALE: "200" },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  onTestFinished(() => void program.kill("SIGKILL"));
  for await (const line of createInterface({ input: program.stdout as NodeJS.ReadableStream })) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (address) return { program, address };
  }
  throw new Error("the emulator ended before it listened");
}

const look = async (address: string, taskId: string) =>
  (
    await readReply(
      await fetch(`${address}/api/v1/tasks/${taskId}`, { headers: { authorization: `Bearer ${KEY}` } }),
    )
  ).body;

test("a program killed with -9 while it renders goes on after a new start, and yields one file", async () => {
  const dataDir = await testFolder();
  const first = await startProgram(dataDir);
  const created = await fetch(`${first.address}/api/v1/services/aigc/video-generation/video-synthesis`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}`, "x-dashscope-async": "enable" },
    body: JSON.stringify(await firstFrameBody({ parameters: { duration: 3 } })),
  });
  const taskId = (await created.json()).output.task_id;
  const folder = join(dataDir, "tasks", taskId);
  await expect.poll(() => readdir(folder), PATIENCE).toContainEqual(expect.stringMatching(/\.tmp$/));
  first.program.kill("SIGKILL");
  await once(first.program, "exit");

  const second = await startProgram(dataDir);
  await expect
    .poll(() => look(second.address, taskId), PATIENCE)
    .toMatchObject({ output: { task_status: "SUCCEEDED" } });
  expect((await readdir(folder)).sort()).toEqual(["film.mp4", "input-0", "task.json"]);
  const { output } = await look(second.address, taskId);
  const film = await fetch(output.video_url, { headers: { range: "bytes=4-7" } });
  expect([film.status, film.headers.get("content-length"), await film.text()]).toEqual([206, "4", "ftyp"]);

  second.program.kill("SIGTERM");
  expect(await once(second.program, "exit")).toEqual([0, null]);
});

test("closing stops the render, and the next emulator over the folder takes it up without being asked", async () => {
  const { emulator, create, clock, dataDir } = await startEmulator(media);
  const taskId = await create(await firstFrameBody({ parameters: { duration: 15, resolution: "1080P" } }));
  const folder = join(dataDir, "tasks", taskId);
  await expect.poll(() => readdir(folder), PATIENCE).toContainEqual(expect.stringMatching(/\.tmp$/));
  await emulator.close();
  await expect.poll(() => readdir(folder), PATIENCE).not.toContainEqual(expect.stringMatching(/\.tmp$/));
  const record = await readFile(join(folder, "task.json"), "utf8");
  expect(JSON.parse(record)).toMatchObject({ film: null, refusal: null });

  const next = createEmulator({ dataDir, media, clock, timeScale: 1, expiryScale: 1 });
  onTestFinished(() => next.close());
  await expect.poll(() => readdir(folder), PATIENCE).toContainEqual(expect.stringMatching(/\.tmp$/));
});

test("states, clocks and addresses are the same after a restart", async () => {
  const { emulator, create, query, untilStatus, clock, dataDir } = await startEmulator(media);
  const failing = await create(await firstFrameBody({ prompt: "[demo:refused]" }));
  const wrong = await create({ model: "wan2.7-i2v", input: {} });
  const film = await create(await firstFrameBody());
  clock.advance(200_000);
  await untilStatus(film, "SUCCEEDED");
  const ids = [failing, wrong, film];
  const before = await Promise.all(ids.map((id) => query(id)));
  await emulator.close();

  const next = createEmulator({ dataDir, media, clock, timeScale: 5, expiryScale: 1 });
  onTestFinished(() => next.close());
  const after = await Promise.all(ids.map((id) => speakTo(next, clock).query(id)));
  expect(after.map(({ output, usage }) => ({ output, usage }))).toEqual(
    before.map(({ output, usage }) => ({ output, usage })),
  );
});

test("a task whose film was lost with the machine is rendered again", async () => {
  const { emulator, create, untilStatus, clock, dataDir } = await startEmulator(media);
  const taskId = await create(await firstFrameBody());
  clock.advance(200_000);
  await untilStatus(taskId, "SUCCEEDED");
  await emulator.close();
  const film = join(dataDir, "tasks", taskId, "film.mp4");
  await rm(film);
  const next = createEmulator({ dataDir, media, clock, timeScale: 1, expiryScale: 1 });
  onTestFinished(() => next.close());
  await expect
    .poll(
      () =>
        stat(film)
          .then(({ size }) => size > 0)
          .catch(() => false),
      PATIENCE,
    )
    .toBe(true);
});

test("a folder that was never accepted is cleared away at the start", async () => {
  const dataDir = await testFolder();
  await mkdir(join(dataDir, "tasks", "half-made"), { recursive: true });
  await writeFile(join(dataDir, "tasks", "half-made", "input-0"), "bytes");
  const { query } = await startEmulator(media, { dataDir });
  await query("anything");
  expect(await readdir(join(dataDir, "tasks"))).toEqual([]);
});

test("a day after its end a task is gone from the disk, and not before", async () => {
  const { create, query, clock, dataDir } = await startEmulator(media, { expiryScale: 24 });
  const taskId = await create(await firstFrameBody({ prompt: "[demo:refused]" }));
  clock.advance(60_000);
  await query(taskId);
  clock.advance(3_600_000 - 61_000);
  await query("anything");
  expect(await readdir(join(dataDir, "tasks"))).toEqual([taskId]);
  clock.advance(62_000);
  await query("anything");
  expect(await readdir(join(dataDir, "tasks"))).toEqual([]);
});

test("a task that runs out while its film is made is forgotten, film and all, and harms no request", async () => {
  const { create, query, clock, dataDir } = await startEmulator(media, { expiryScale: 24 });
  const taskId = await create(await firstFrameBody({ parameters: { duration: 15, resolution: "1080P" } }));
  const folder = join(dataDir, "tasks", taskId);
  await expect.poll(() => readdir(folder), PATIENCE).toContainEqual(expect.stringMatching(/\.tmp$/));
  clock.advance(3_700_000);
  expect(await query(taskId)).toMatchObject({ output: { task_status: "UNKNOWN" } });
  await expect.poll(() => readdir(join(dataDir, "tasks")), PATIENCE).toEqual([]);
});

test("nothing on disk holds the key, and others on the machine cannot look inside", async () => {
  const { create, dataDir } = await startEmulator(media);
  const taskId = await create(await firstFrameBody({ prompt: "[demo:refused]" }), { key: "sk-very-secret" });
  const folder = join(dataDir, "tasks", taskId);
  for (const name of await readdir(folder)) {
    expect(await readFile(join(folder, name), "latin1")).not.toContain("very-secret");
  }
  expect((await stat(folder)).mode & 0o077).toBe(0);
});
