import { readFile, writeFile } from "node:fs/promises";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { GalleryActions } from "@/components/gallery/gallery-actions";
import { GenerationCard } from "@/components/gallery/generation-card";
import type { Failure } from "@/lib/domain/failure";
import { type GenerationState, type GenerationView, isTerminal } from "@/lib/domain/generation";
import {
  type Call,
  type Fault,
  type MisbehavingVendor,
  openMisbehavingVendor,
} from "@/tests/support/misbehaving-vendor";
import { jpegPicture } from "@/tests/support/pictures";
import { openTestStudio, type TestStudio, testMedia } from "@/tests/support/test-studio";
import { openWorkshop, TEST_KEY, type TestWorkshop } from "@/tests/support/test-workshop";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const PAGE = "<!doctype html><title>Bad Gateway</title>";

const words = (status: number, code: string, headers: Record<string, string> = {}): Fault => ({
  kind: "reply",
  status,
  headers,
  body: JSON.stringify({ code, message: "Something is not right.", request_id: "q" }),
});
const page = (status: number, headers: Record<string, string> = {}): Fault => ({
  kind: "reply",
  status,
  type: "text/html",
  headers,
  body: PAGE,
});

/** What went wrong on the way, by the name it has in the tables. */
const FAULTS = {
  "connection refused": { kind: "refused" },
  "reset after sending": { kind: "reset" },
  "half a reply": { kind: "half" },
  "a ten-minute hang": { kind: "hang" },
  "HTML instead of JSON": page(200),
  "200 with an error inside": words(200, "InternalError"),
  "500 in the vendor's words": words(500, "InternalError"),
  "502 of a gateway": page(502),
  "503 of a gateway": page(503),
  "503 in the vendor's words": words(503, "ModelUnavailable"),
  "504 of a gateway": page(504),
  "429 with Retry-After": words(429, "Throttling.RateQuota", { "Retry-After": "17" }),
  "429 without": words(429, "Throttling.RateQuota"),
  "429 of a gateway": page(429, { "Retry-After": "17" }),
} satisfies Record<string, Fault>;
type FaultName = keyof typeof FAULTS;
const names = Object.keys(FAULTS) as FaultName[];

let film: Buffer;
let studio: TestStudio;
let vendor: MisbehavingVendor;
let shop: TestWorkshop;

beforeAll(async () => {
  const maker = await openTestStudio();
  const picturePath = maker.incoming.newPath(".jpg");
  const outputPath = maker.incoming.newPath(".mp4");
  await writeFile(picturePath, await jpegPicture(320, 240));
  const size = { width: 320, height: 240, frameCount: 15, framesPerSecond: 30 };
  await testMedia().run("render-move", { picturePath, outputPath, ...size, caption: "Test", seed: 1 });
  film = await readFile(outputPath);
  await maker.remove();
});
beforeEach(async () => {
  studio = await openTestStudio();
  vendor = await openMisbehavingVendor({ film, now: studio.clock.now });
  const place = { region: "ap-southeast-1", workspaceId: null, baseUrl: `${vendor.url}/api/v1` } as const;
  shop = openWorkshop(studio, globalThis.fetch, {
    vendor: "dashscope",
    name: null,
    apiKey: TEST_KEY,
    ...place,
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await vendor.close();
  await studio.remove();
});

/** One step of whatever is due, during which the next `call` goes wrong. */
async function stepWith(call: Call, fault: Fault, isTaken = false): Promise<void> {
  const leased = await shop.lease();
  if (fault.kind === "refused") {
    await vendor.down();
    await shop.step(leased);
    await vendor.up();
    return;
  }
  vendor.spoilNext(call, fault, isTaken);
  const waitsForEver = fault.kind === "hang" || fault.kind === "stall";
  await (waitsForEver ? withPatience(() => shop.step(leased), call) : shop.step(leased));
}

/** Lets ten minutes pass for everybody who waits, as soon as the request is with the vendor. */
async function withPatience(step: () => Promise<void>, call: Call): Promise<void> {
  const before = vendor.seen[call];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  // Node's own is beyond the reach of fake timers.
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const patience = new AbortController();
    setTimeout(() => patience.abort(new DOMException("The operation timed out", "TimeoutError")), ms);
    return patience.signal;
  });
  let isOver = false;
  const stepping = step().finally(() => {
    isOver = true;
  });
  while (vendor.seen[call] === before && !isOver) await turn();
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
  await stepping;
  vi.useRealTimers();
}

function turn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

/** Everything that falls due from now on is done, until the row has ended or a day has passed. */
async function followOn(id: string): Promise<GenerationView> {
  const until = studio.clock.now() + 25 * HOUR_MS;
  for (let looks = 0; ; looks += 1) {
    await shop.advanceDue();
    const row = await shop.read(id);
    if (isTerminal(row.state) || row.dueAt === null || studio.clock.now() > until) return read(id);
    studio.clock.set(Math.max(row.dueAt, studio.clock.now() + (looks > 20 ? HOUR_MS : 0)));
  }
}

async function read(id: string): Promise<GenerationView> {
  const [view] = await studio.generations.toViews([await shop.read(id)]);
  return view ?? expect.fail("the row is gone");
}

/** All that the card says, as a person reads it. */
function cardWords(view: GenerationView): string {
  const never = () => Promise.reject(new Error("Nothing is pressed here"));
  const actions: GalleryActions = {
    open: never,
    reuse: never,
    share: never,
    retry: never,
    offersCancel: () => false,
    cancel: never,
    closeUnconfirmed: never,
    takeOverTask: never,
    dismiss: never,
    priceOf: () => null,
    refuseAgain: () => null,
  };
  const props = { view, actions, isPreviewing: false, usualSeconds: null, usualWords: null };
  const html = renderToStaticMarkup(createElement(GenerationCard, { ...props, tabIndex: 0 }));
  return html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&#x27;", "'")
    .replaceAll(/\s+/g, " ");
}

type Expected = {
  state: GenerationState;
  charged: Failure["charged"] | null;
  says: RegExp;
  /** Requests to start that arrived, and starts that were taken. */
  sent: number;
  starts: number;
};

async function expectRow(id: string, { state, charged, says, sent, starts }: Expected): Promise<void> {
  const view = await read(id);
  expect([view.state, view.failure?.charged ?? null]).toEqual([state, charged]);
  expect(cardWords(view)).toMatch(says);
  expect({ sent: vendor.seen.create, starts: vendor.countStarts() }).toEqual({ sent, starts });
}

/** What a finished row shows: a clip, and what the vendor billed for its one start. */
async function expectClip(view: GenerationView): Promise<void> {
  expect(view).toMatchObject({
    state: "succeeded",
    failure: null,
    clip: { width: 320, height: 240, sizeBytes: film.length },
    cost: { amountMicro: 500_000, currency: "USD" },
  });
  expect(vendor.countStarts()).toBe(1);
}

const UNCONFIRMED: Omit<Expected, "starts"> = {
  state: "unconfirmed",
  charged: "unknown",
  says: /the vendor may have taken it and may bill it\. It is not sent again by itself/,
  sent: 1,
};
const NOT_TAKEN = { starts: 0, charged: "no" } as const;
const WAITING: Omit<Expected, "sent"> = {
  state: "queued",
  ...NOT_TAKEN,
  says: /It is tried again/,
};

describe("a start", () => {
  const doubtful = names.filter(
    (name) =>
      !["connection refused", "429 with Retry-After", "429 without", "503 in the vendor's words"].includes(
        name,
      ),
  );

  it.each(doubtful)(
    "that met %s and was taken: unconfirmed, settled by the list, paid once",
    async (name) => {
      const id = await shop.createOne();
      await stepWith("create", FAULTS[name], true);
      await expectRow(id, { ...UNCONFIRMED, starts: 1 });
      vendor.finish();
      await expectClip(await followOn(id));
      expect(vendor.seen.create).toBe(1);
    },
  );

  it.each(doubtful)(
    "that met %s and was not taken: stays unconfirmed, and is never sent again",
    async (name) => {
      const id = await shop.createOne();
      await stepWith("create", FAULTS[name], false);
      await expectRow(id, { ...UNCONFIRMED, starts: 0 });
      await followOn(id);
      await expectRow(id, { ...UNCONFIRMED, starts: 0, says: /can no longer tell. Look at its bill/ });
    },
  );

  it.each([
    // Nobody can have taken what never left.
    ["connection refused", { sent: 0, waitMs: null, says: /could not be reached/ }],
    ["429 with Retry-After", { sent: 1, waitMs: 17_000, says: /The vendor is busy/ }],
    ["429 without", { sent: 1, waitMs: null, says: /The vendor is busy/ }],
    ["503 in the vendor's words", { sent: 1, waitMs: null, says: /Something broke at the vendor/ }],
  ] as const)("that met %s: surely not taken, nothing charged, sent again, paid once", async (name, row) => {
    const id = await shop.createOne();
    await stepWith("create", FAULTS[name]);
    await expectRow(id, { ...WAITING, sent: row.sent, says: row.says });
    await expectRow(id, { ...WAITING, sent: row.sent });
    const waitMs = ((await shop.read(id)).dueAt ?? 0) - studio.clock.now();
    expect(waitMs).toBeGreaterThanOrEqual(row.waitMs ?? 1_000);
    expect(waitMs).toBeLessThanOrEqual(row.waitMs ?? MINUTE_MS);
    vendor.finish();
    await expectClip(await followOn(id));
    expect(vendor.seen.create).toBe(row.sent + 1);
  });
});

describe("a look at a task", () => {
  it.each(names)("that met %s changes nothing: still running, then its clip, paid once", async (name) => {
    const id = await shop.createOne();
    await shop.advanceDue();
    studio.clock.advance(MINUTE_MS);
    await stepWith("query", FAULTS[name], true);
    await expectRow(id, { state: "running", charged: null, says: /With the provider/, sent: 1, starts: 1 });
    vendor.finish();
    await expectClip(await followOn(id));
    expect(vendor.seen.create).toBe(1);
  });
});

describe("a look into the list for a start without an answer", () => {
  it.each(names)("that met %s settles nothing: still unconfirmed, then found, paid once", async (name) => {
    const id = await shop.createOne();
    await stepWith("create", FAULTS["reset after sending"], true);
    await stepWith("list", FAULTS[name], true);
    await expectRow(id, { ...UNCONFIRMED, starts: 1, says: /could not be asked yet.*may bill it/ });
    vendor.finish();
    await expectClip(await followOn(id));
    expect(vendor.seen.create).toBe(1);
  });
});

describe("the finished file", () => {
  const SAVING: Expected = {
    state: "saving",
    charged: "yes",
    says: /(not stored yet|The vendor sent .*|The finished file is said to have .*)\. It is tried again/,
    sent: 1,
    starts: 1,
  };
  const error = (status: number): Fault => ({
    kind: "reply",
    status,
    type: "application/xml",
    body: "<Error><Code>AccessDenied</Code></Error>",
  });

  async function finishedOne(): Promise<string> {
    const id = await shop.createOne();
    await shop.advanceDue();
    vendor.finish();
    studio.clock.advance(MINUTE_MS);
    await shop.step(await shop.lease());
    expect((await shop.read(id)).state).toBe("saving");
    return id;
  }

  it.each<[string, Fault]>([
    ["connection refused", FAULTS["connection refused"]],
    ["reset after sending", FAULTS["reset after sending"]],
    ["a file cut off before its announced length", { kind: "half" }],
    ["a file cut off that announced no length", { kind: "short" }],
    ["a web page in its place", page(200)],
    ["JSON in its place", words(200, "InternalError")],
    ["nothing in its place", { kind: "reply", status: 200, type: "video/mp4", body: "" }],
    ["500", error(500)],
    ["502", page(502)],
    ["503", page(503)],
    ["504", page(504)],
    ["429 with Retry-After", FAULTS["429 with Retry-After"]],
    ["a ten-minute hang", { kind: "hang" }],
    ["a file that stops coming half-way", { kind: "stall" }],
    ["a file said to be larger than any film", { kind: "announce", sizeBytes: 5_000_000_000 }],
  ])("that met %s: charged, fetched again by the same link, kept", async (_name, fault) => {
    const id = await finishedOne();
    const queries = vendor.seen.query;
    await stepWith("result", fault);
    await expectRow(id, SAVING);
    await expectClip(await followOn(id));
    expect(vendor.seen).toMatchObject({ create: 1, query: queries });
    expect(new Set(vendor.fetchedLinks)).toEqual(new Set(["s1"]));
  });

  it("that drips in slowly is waited for: kept at the first try", async () => {
    const id = await finishedOne();
    await stepWith("result", { kind: "drip" });
    await expectClip(await read(id));
    expect(vendor.seen).toMatchObject({ create: 1, result: 1 });
  });

  it.each([403, 404, 410])("that met %i: charged, a fresh link is asked for, kept", async (status) => {
    const id = await finishedOne();
    const queries = vendor.seen.query;
    await stepWith("result", error(status));
    await expectRow(id, SAVING);
    await expectClip(await followOn(id));
    expect(vendor.seen).toMatchObject({ create: 1, query: queries + 1 });
    expect(vendor.fetchedLinks).toEqual(["s1", "s2"]);
  });

  it("that is gone by every link: saving while the vendor could still have it, then lost, and charged", async () => {
    const id = await finishedOne();
    vendor.loseFilms();
    await shop.step(await shop.lease());
    await expectRow(id, SAVING);
    studio.clock.advance(23 * HOUR_MS);
    await shop.advanceDue();
    await expectRow(id, SAVING);
    studio.clock.advance(2 * HOUR_MS);
    await shop.advanceDue();
    await expectRow(id, { ...SAVING, state: "failed", says: /could not be fetched.*It was charged/ });
  });
});
