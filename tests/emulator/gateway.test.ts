import { afterAll, describe, expect, test } from "vitest";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { at, startHost } from "./inputs";
import { dataUri, ORIGIN, readReply, startEmulator, startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

const PATIENCE = { timeout: 60_000, interval: 50 };
const FAILS = "[demo:internal-error]";
const KEY = "0123456789abcdef";

type Studio = Awaited<ReturnType<typeof startEmulator>>;

const send = ({ emulator }: Studio, path: string, init: RequestInit & { key?: string } = {}) =>
  emulator.handler(
    new Request(`${ORIGIN}${path}`, { ...init, headers: { authorization: `Bearer ${init.key ?? KEY}` } }),
  );
const post = async (studio: Studio, body: unknown, key = KEY) =>
  send(studio, "/v2/video/generations", {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    key,
  });
const look = async (studio: Studio, id: string, key = KEY) =>
  readReply(await send(studio, `/v2/video/generations?generation_id=${encodeURIComponent(id)}`, { key }));
const body = async (change: object = {}) => ({
  model: "alibaba/wan-2-7-i2v",
  prompt: FAILS,
  image_url: await dataUri(),
  resolution: "720p",
  duration: 5,
  ...change,
});
const errorOf = (statusCode: number, message: unknown, path = "/v2/video/generations") => ({
  status: statusCode,
  body: {
    message,
    path,
    requestId: expect.any(String),
    statusCode,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  },
});

test("a generation is queued, generates, completes, and its film is at an open address that has sound and the asked size", async () => {
  const studio = await startEmulator(media);
  const created = await readReply(await post(studio, await body({ prompt: "a boat" })));
  expect(created).toEqual({
    status: 200,
    body: {
      id: expect.any(String),
      status: "queued",
      meta: { usage: { credits_used: 1_050_000, usd_spent: 0.525 } },
    },
  });
  const { id } = created.body;
  expect(await look(studio, id)).toEqual({ status: 200, body: { id, status: "queued" } });
  studio.clock.advance(20_000);
  expect((await look(studio, id)).body).toEqual({ id, status: "generating" });
  studio.clock.advance(300_000);
  await expect
    .poll(async () => {
      studio.clock.advance(100);
      return (await look(studio, id)).body;
    }, PATIENCE)
    .toMatchObject({ status: "completed" });
  const done = (await look(studio, id)).body;
  expect(done).toEqual({ id, status: "completed", video: { url: expect.any(String) } });
  expect(new URL(done.video.url).pathname).toMatch(/\/generations\/[a-z]+\/\d{13}-[0-9a-f-]{36}\.mp4$/);
  const film = await studio.emulator.handler(new Request(done.video.url));
  expect([film.status, film.headers.get("content-type")]).toEqual([200, "video/mp4"]);
  const part = await studio.emulator.handler(
    new Request(done.video.url, { headers: { range: "bytes=4-7" } }),
  );
  expect([part.status, await part.text()]).toEqual([206, "ftyp"]);
});

test.each([
  ["text, as its own sample sends it", { duration: "5" }, 5, "720P"],
  ["absent", { duration: undefined, resolution: undefined }, 10, "1080P"],
  ["a number", { duration: 15 }, 15, "720P"],
])("a duration that is %s is understood", async (_, change, seconds, tier) => {
  const studio = await startEmulator(media);
  const { body: reply } = await readReply(await post(studio, await body(change)));
  const usdPerSecond = tier === "720P" ? 0.105 : 0.1575;
  expect(reply.meta.usage.usd_spent).toBeCloseTo(seconds * usdPerSecond, 6);
});

describe("what is wrong with the body is said at once, a line for each field", () => {
  test.each<[string, object, string]>([
    ["no prompt", { prompt: undefined }, "prompt: Required"],
    ["no picture", { image_url: null }, "image_url: Required"],
    ["no model", { model: undefined }, "model: Required"],
    ["another model", { model: "alibaba/wan-9" }, "model: Invalid value"],
    ["the vendor's spelling of a tier", { resolution: "720P" }, "resolution: Invalid value"],
    ["a tier it does not have", { resolution: "480p" }, "resolution: Invalid value"],
    ["a length it does not have", { duration: 7 }, "duration: Invalid value"],
    ["a length that is no number", { duration: "five" }, "duration: Invalid value"],
    ["no address", { image_url: "my picture" }, "image_url: Invalid url"],
    ["a toggle that is none", { enhance_prompt: "yes" }, "enhance_prompt: Expected boolean"],
    [
      "too much to avoid",
      { negative_prompt: "x".repeat(501) },
      "negative_prompt: Expected a string of at most 500",
    ],
    ["a seed out of range", { seed: -1 }, "seed: Expected an integer"],
  ])("%s", async (_, change, line) => {
    const studio = await startEmulator(media);
    const reply = await readReply(await post(studio, await body(change)));
    expect(reply).toEqual(errorOf(400, expect.stringMatching(/^Body validation error\n/)));
    expect(reply.body.message).toContain(line);
  });

  test("no JSON at all", async () => {
    const studio = await startEmulator(media);
    expect(await readReply(await post(studio, "{"))).toMatchObject({
      status: 400,
      body: { statusCode: 400 },
    });
  });

  test("and what it does not know is let through", async () => {
    const studio = await startEmulator(media);
    expect(
      (await post(studio, await body({ negative_prompt: "x".repeat(500), last_image_url: "y" }))).status,
    ).toBe(200);
  });
});

test("errors have their own body: no key, unknown id, no id, unknown path, another verb, too many", async () => {
  const studio = await startEmulator(media);
  expect(await readReply(await post(studio, await body(), "invalid"))).toEqual(
    errorOf(401, expect.stringContaining("requires a valid API key")),
  );
  expect(await look(studio, "nobody")).toEqual(errorOf(404, expect.any(String)));
  expect(await readReply(await send(studio, "/v2/video/generations"))).toEqual(
    errorOf(400, expect.any(String)),
  );
  expect(await readReply(await send(studio, "/v2/nothing"))).toEqual(
    errorOf(404, expect.any(String), "/v2/nothing"),
  );
  expect(await readReply(await send(studio, "/v2/video/generations", { method: "DELETE" }))).toEqual(
    errorOf(404, expect.any(String)),
  );
  expect(await readReply(await post(studio, await body({ prompt: "[demo:throttled]" })))).toEqual(
    errorOf(429, "Too Many Requests"),
  );
});

test("a generation that fails says why under a name, in the words of the fields that were sent", async () => {
  const studio = await startEmulator(media);
  const { body: failing } = await readReply(await post(studio, await body({ prompt: "[demo:refused]" })));
  studio.clock.advance(200_000);
  await look(studio, failing.id);
  expect((await look(studio, failing.id)).body).toEqual({
    id: failing.id,
    status: "error",
    error: { name: "DataInspectionFailed", message: "Input data may contain inappropriate content." },
  });
  const { body: wrong } = await readReply(
    await post(studio, await body({ image_url: await dataUri(makePicture(200, 200).jpeg()) })),
  );
  expect((await look(studio, wrong.id)).body).toMatchObject({
    status: "error",
    error: { name: "InvalidFile.Resolution", message: expect.stringMatching(/^image_url: /) },
  });
});

test("a sound is taken by its address, and Base64 alone is taken for the picture", async () => {
  const { fetch } = await startHost(media);
  const studio = await startEmulator(media, { fetch });
  const image_url = (await dataUri()).split(",")[1];
  const { body: reply } = await readReply(
    await post(studio, await body({ image_url, audio_url: at("sound.wav") })),
  );
  expect((await look(studio, reply.id)).body.status).toBe("queued");
});

test("one vendor's tasks do not exist for the other, even with the same key", async () => {
  const studio = await startEmulator(media);
  const { body: reply } = await readReply(await post(studio, await body(), "sk-test"));
  expect((await studio.query(reply.id)).output.task_status).toBe("UNKNOWN");
  expect((await readReply(await studio.send("/api/v1/tasks"))).body.total).toBe(0);
  const native = await studio.create({ model: "wan2.7-i2v", input: {} });
  expect((await look(studio, native, "sk-test")).status).toBe(404);
  expect((await look(studio, reply.id, "another")).status).toBe(404);
});

test("scenarios work here too: a cut, garbage, an odd word, a film that is gone", async () => {
  const studio = await startEmulator(media);
  await expect(post(studio, await body({ prompt: "[demo:cut]" }))).rejects.toThrow("fetch failed");
  const make = async (prompt: string) =>
    (await readReply(await post(studio, await body({ prompt })))).body.id;
  const [odd, garbled] = [await make("[demo:unlisted-status]"), await make("[demo:garbage]")];
  const page = await send(studio, `/v2/video/generations?generation_id=${garbled}`);
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html"]);
  studio.clock.advance(20_000);
  expect((await look(studio, odd)).body).toEqual({ id: odd, status: "suspended" });
});

test("the path is known with a slash at its end", async () => {
  const studio = await startEmulator(media);
  const created = await send(studio, "/v2/video/generations/", {
    method: "POST",
    body: JSON.stringify(await body()),
  });
  const { id } = await created.json();
  expect((await send(studio, `/v2/video/generations/?generation_id=${id}`)).status).toBe(200);
});
