import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import Libsql from "libsql";
import { type EmulatorServer, startEmulatorServer } from "@/tests/support/emulator-server";
import { startMuteVendor } from "@/tests/support/mute-vendor";
import { jpegPicture } from "@/tests/support/pictures";
import { test as base } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";
import type { Studio } from "@/tests/support/studio-server";

type MuteVendor = Awaited<ReturnType<typeof startMuteVendor>>;

const test = base.extend<{ emulator: EmulatorServer; vendor: MuteVendor }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names out of this pattern.
  emulator: async ({}, use) => {
    const emulator = await startEmulatorServer();
    await use(emulator);
    await emulator.remove();
  },
  vendor: async ({ emulator }, use) => {
    const vendor = await startMuteVendor(emulator.env.DASHSCOPE_BASE_URL ?? "");
    await use(vendor);
    await vendor.close();
  },
});

test("a stop with streams open and a start without an answer takes less than ten seconds and forgets nothing", async ({
  studio,
  vendor,
  page,
}) => {
  const server = await studio({ DASHSCOPE_API_KEY: "sk-of-a-story", DASHSCOPE_BASE_URL: vendor.url });
  await order(page, server.url);
  await vendor.accepted;
  const streams = await Promise.all([openStream(server.url), openStream(server.url)]);

  const startedAt = performance.now();
  expect(await server.kill("SIGTERM")).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  await Promise.all(streams.map(({ ended }) => ended));
  expect(readStates(server)).toEqual(["unconfirmed"]);
  expect(server.output()).not.toMatch(/unhandled|uncaught|with steps in hand/i);
  expect(server.output()).toMatch(
    /^Clips are ordered and paid at: Model Studio, Singapore, at 127[\s\S]*"msg":"stopping:[\s\S]*"msg":"stopped"/m,
  );

  await expectOneClip(page, server, vendor);
});

test("a second signal does not wait for that answer, and the start is not sent again either", async ({
  studio,
  vendor,
  page,
}) => {
  const server = await studio({ DASHSCOPE_API_KEY: "sk-of-a-story", DASHSCOPE_BASE_URL: vendor.url });
  await order(page, server.url);
  await vendor.accepted;
  const stream = await openStream(server.url);

  server.signal("SIGTERM");
  await stream.ended;
  // What comes in the same moment is one signal, passed on by npm; the first that counts ends it.
  const impatience = setInterval(() => server.signal("SIGINT"), 100);
  try {
    expect(await server.gone()).toBe(130);
  } finally {
    clearInterval(impatience);
  }
  expect(readStates(server)).toEqual(["submitting"]);

  await expectOneClip(page, server, vendor);
});

test("npm, told to stop with a start in hand, ends with all that it started and forgets nothing", async ({
  studio,
  vendor,
  page,
}) => {
  const server = await studio(
    { DASHSCOPE_API_KEY: "sk-of-a-story", DASHSCOPE_BASE_URL: vendor.url },
    { byNpm: true },
  );
  await order(page, server.url);
  await vendor.accepted;

  const startedAt = performance.now();
  expect(await server.kill("SIGTERM")).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(readStates(server)).toEqual(["unconfirmed"]);

  await expectOneClip(page, server, vendor);
});

test("a studio whose npm was killed stops by itself", async ({ studio }) => {
  const server = await studio({}, { byNpm: true });
  await server.kill("SIGKILL");
  await expect(fetch(`${server.url}/api/health/live`)).rejects.toThrow();
});

async function order(page: Page, url: string): Promise<void> {
  await page.goto(url);
  const on = studioPage(page);
  await on.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await on.prompt.fill("A boat outlives the stop");
  await on.chooseTwoSeconds();
  await on.generate.click();
}

/** After the next start the task is found in the vendor's list, and its clip comes home. */
async function expectOneClip(page: Page, server: Studio, vendor: MuteVendor): Promise<void> {
  await server.restart();
  await expect(studioPage(page).card("A boat outlives the stop")).toHaveAccessibleName(/Ready$/, {
    timeout: 55_000,
  });
  expect(vendor.starts).toHaveLength(1);
}

async function openStream(url: string): Promise<{ ended: Promise<unknown> }> {
  const asking = request(`${url}/api/events`, { agent: false });
  asking.end();
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  expect(answer.statusCode).toBe(200);
  // A stream that is cut in the middle of a chunk ends with an error.
  answer.on("error", () => {});
  return { ended: once(answer.resume(), "close") };
}

function readStates({ dataDir }: Studio): string[] {
  const db = new Libsql(join(dataDir, "firstframe.sqlite"));
  try {
    return db
      .prepare("select state from generations")
      .all()
      .map((row) => (row as { state: string }).state);
  } finally {
    db.close();
  }
}
