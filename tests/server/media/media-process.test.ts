import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createMediaProcess, type MediaProcessOptions } from "@/lib/server/media/media-process";
import { MediaError, type RenderMove } from "@/lib/server/media/media-tasks";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { testFolder } from "@/tests/fixtures/media/test-folder";

// Another test file may have the processor to itself for a while.
const PATIENCE = { timeout: 15_000, interval: 20 };
const projectRoot = resolve(import.meta.dirname, "../../..");

function startProcess(change: Partial<MediaProcessOptions> = {}) {
  const media = createMediaProcess({ projectRoot, concurrency: 2, defaultTimeoutMs: 15_000, ...change });
  onTestFinished(() => media.close());
  return media;
}

async function pictureIn(folder: string): Promise<string> {
  const path = join(folder, "in.png");
  await makePicture(320, 240).png().toFile(path);
  return path;
}

/** A render that no machine ends within a test. */
const endless = (folder: string): RenderMove => ({
  picturePath: join(folder, "in.png"),
  outputPath: join(folder, "out.mp4"),
  width: 128,
  height: 96,
  frameCount: 1_000_000,
  framesPerSecond: 30,
  caption: "",
  seed: 1,
});
const short = (folder: string): RenderMove => ({ ...endless(folder), frameCount: 30 });
const isRendering = (folder: string) =>
  expect.poll(() => readdir(folder), PATIENCE).toContainEqual(expect.stringMatching(/\.tmp$/));

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const isChild = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] === String(parent);
        return isChild && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("media-child");
      } catch {
        return false;
      }
    });
}
const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));

test("nothing runs until the first task, and then one child does", async () => {
  const media = startProcess();
  expect(childrenOf(process.pid)).toEqual([]);
  const path = await pictureIn(await testFolder());
  const probes = await Promise.all([1, 2, 3].map(() => media.run("probe-image", { path, pixelsMax: 1e6 })));
  expect(probes).toHaveLength(3);
  expect(childrenOf(process.pid)).toHaveLength(1);
});

test("a file's fault comes back as the file's fault, and the child goes on", async () => {
  const media = startProcess();
  const folder = await testFolder();
  const path = await pictureIn(folder);
  await writeFile(join(folder, "note"), "hello");
  const failed = media.run("probe-image", { path: join(folder, "note"), pixelsMax: 1e6 });
  await expect(failed).rejects.toBeInstanceOf(MediaError);
  await expect(failed).rejects.toMatchObject({
    blame: "input",
    message: expect.stringContaining("a text file"),
  });
  const [child] = childrenOf(process.pid);
  await media.run("probe-image", { path, pixelsMax: 1e6 });
  expect(childrenOf(process.pid)).toEqual([child]);
});

test("a task outlives the death of its child once, and what was half written goes", async () => {
  const media = startProcess();
  const folder = await testFolder();
  await pictureIn(folder);
  const rendering = media.run("render-move", { ...short(folder), frameCount: 300 });
  await isRendering(folder);
  for (const pid of childrenOf(process.pid)) process.kill(pid, "SIGKILL");
  await expect(rendering).resolves.toMatchObject({ frameCount: 300 });
  expect((await readdir(folder)).sort()).toEqual(["in.png", "out.mp4"]);
});

test("a task that kills its child twice is rejected, and its neighbour is not", async () => {
  const media = startProcess();
  const folder = await testFolder();
  const path = await pictureIn(folder);
  const deadly = media.run("render-move", endless(folder));
  const deadlyOutcome = expect(deadly).rejects.toMatchObject({
    blame: "process",
    message: expect.stringContaining("SIGKILL"),
  });
  for (let death = 0; death < 2; death++) {
    await isRendering(folder);
    for (const pid of childrenOf(process.pid)) process.kill(pid, "SIGKILL");
    await expect.poll(() => readdir(folder), PATIENCE).toEqual(["in.png"]);
  }
  await deadlyOutcome;
  await expect(media.run("probe-image", { path, pixelsMax: 1e6 })).resolves.toMatchObject({ width: 320 });
});

test("a task that takes too long is ended, and those beside it are begun again", async () => {
  const media = startProcess();
  const [slow, quick] = [await testFolder(), await testFolder()];
  await Promise.all([pictureIn(slow), pictureIn(quick)]);
  await media.run("probe-image", { path: join(slow, "in.png"), pixelsMax: 1e6 });
  const slowRun = media.run("render-move", endless(slow), { timeoutMs: 1500 });
  const slowOutcome = expect(slowRun).rejects.toMatchObject({
    blame: "process",
    message: "took longer than 1.5 seconds",
  });
  await isRendering(slow);
  const neighbour = media.run("render-move", { ...short(quick), frameCount: 600 });
  await slowOutcome;
  expect(await readdir(slow)).toEqual(["in.png"]);
  await expect(neighbour).resolves.toMatchObject({ frameCount: 600 });
  expect((await readdir(quick)).sort()).toEqual(["in.png", "out.mp4"]);
});

test("a task that needs too much memory is ended and says so", async () => {
  const media = startProcess({ memoryLimitMb: 140 });
  const folder = await testFolder();
  await pictureIn(folder);
  const greedy = media.run("render-move", { ...endless(folder), width: 1920, height: 1072 });
  await expect(greedy).rejects.toMatchObject({
    blame: "process",
    message: expect.stringContaining("memory"),
  });
  expect(await readdir(folder)).toEqual(["in.png"]);
});

test("an abort ends a waiting and a running task with the signal's reason and leaves no file", async () => {
  const media = startProcess({ concurrency: 1 });
  const folder = await testFolder();
  const path = await pictureIn(folder);
  const reason = new Error("not wanted any more");
  const [running, waiting, late] = [new AbortController(), new AbortController(), new AbortController()];
  const runs = [
    media.run("render-move", endless(folder), { signal: running.signal }),
    media.run("probe-image", { path, pixelsMax: 1e6 }, { signal: waiting.signal }),
  ];
  const outcomes = Promise.all(runs.map((run) => expect(run).rejects.toBe(reason)));
  await isRendering(folder);
  waiting.abort(reason);
  running.abort(reason);
  await outcomes;
  await expect.poll(() => readdir(folder), PATIENCE).toEqual(["in.png"]);
  late.abort(reason);
  await expect(media.run("probe-image", { path, pixelsMax: 1e6 }, { signal: late.signal })).rejects.toBe(
    reason,
  );
  await expect(media.run("probe-image", { path, pixelsMax: 1e6 })).resolves.toMatchObject({ width: 320 });
});

test("no more tasks are in hand at once than allowed", async () => {
  const media = startProcess({ concurrency: 1 });
  const folder = await testFolder();
  const path = await pictureIn(folder);
  const order: string[] = [];
  const render = media.run("render-move", short(folder)).then(() => order.push("film"));
  const probe = media.run("probe-image", { path, pixelsMax: 1e6 }).then(() => order.push("picture"));
  await Promise.all([render, probe]);
  expect(order).toEqual(["film", "picture"]);
});

test("closing rejects what is in hand, ends the child and clears its files away", async () => {
  const media = startProcess();
  const folder = await testFolder();
  await pictureIn(folder);
  const rendering = media.run("render-move", endless(folder));
  const outcome = expect(rendering).rejects.toMatchObject({ blame: "process" });
  await isRendering(folder);
  const pids = childrenOf(process.pid);
  await media.close();
  await outcome;
  expect(pids.filter(isAlive)).toEqual([]);
  expect(await readdir(folder)).toEqual(["in.png"]);
  await expect(
    media.run("probe-image", { path: join(folder, "in.png"), pixelsMax: 1e6 }),
  ).rejects.toMatchObject({
    blame: "process",
  });
});

test("a parent killed with -9 leaves neither a child nor a half-written file", async () => {
  const folder = await testFolder();
  await pictureIn(folder);
  const program = `
    import { createMediaProcess } from "@/lib/server/media/media-process";
    const media = createMediaProcess({ projectRoot: process.cwd(), concurrency: 1, defaultTimeoutMs: 60_000 });
    media.run("render-move", ${JSON.stringify(endless(folder))});
  `;
  const parent = spawn(
    process.execPath,
    ["--import", "tsx", "--conditions=react-server", "--input-type=module", "--eval", program],
    { cwd: projectRoot, stdio: "ignore" },
  );
  onTestFinished(() => void parent.kill("SIGKILL"));
  await isRendering(folder);
  const children = childrenOf(parent.pid as number);
  expect(children).toHaveLength(1);
  parent.kill("SIGKILL");
  await expect.poll(() => children.filter(isAlive), PATIENCE).toEqual([]);
  expect(await readdir(folder)).toEqual(["in.png"]);
});

test("the child is given none of the server's settings", async () => {
  process.env.DASHSCOPE_API_KEY = "sk-not-for-children";
  onTestFinished(() => {
    delete process.env.DASHSCOPE_API_KEY;
  });
  const media = startProcess();
  await media.run("probe-image", { path: await pictureIn(await testFolder()), pixelsMax: 1e6 });
  const [child] = childrenOf(process.pid);
  expect(readFileSync(`/proc/${child}/environ`, "utf8")).not.toContain("sk-not-for-children");
});
