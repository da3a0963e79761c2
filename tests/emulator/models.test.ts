import { afterAll, describe, expect, test } from "vitest";
import { findModel, modelIds, type Region } from "@/lib/emulator/limits";
import type { Film, Task } from "@/lib/emulator/task";
import { usageOf } from "@/lib/emulator/usage";
import { at, startHost } from "./inputs";
import { dataUri, readReply, startEmulator, startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

type Expected = {
  family: "M" | "I" | "K";
  resolutions: string;
  defaultResolution: string;
  durations: number[];
  regions: string;
  submits: number;
  running: number;
  usage: string;
  actualPrompt: boolean;
};
const upTo15 = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const PARTS = "duration input_video_duration output_video_duration video_count SR";
const RATIO = "video_duration video_ratio video_count";

// Typed from the reference once more, for this test alone: B Beijing, S Singapore, V Virginia, F Frankfurt.
const expected: Record<string, Expected> = {
  "wan2.7-i2v": row("M", "720P 1080P", "1080P", upTo15, "BS", 5, 5, PARTS, false),
  "wan2.7-i2v-2026-04-25": row("M", "720P 1080P", "1080P", upTo15, "BS", 5, 5, PARTS, false),
  "wan2.6-i2v-flash": row("I", "720P 1080P", "1080P", upTo15, "BS", 5, 5, `${PARTS} audio`, false),
  "wan2.6-i2v": row("I", "720P 1080P", "1080P", upTo15, "BSVF", 5, 5, PARTS, false),
  "wan2.6-i2v-us": row("I", "720P 1080P", "1080P", [5, 10, 15], "V", 5, 5, PARTS, false),
  "wan2.5-i2v-preview": row(
    "I",
    "480P 720P 1080P",
    "1080P",
    [5, 10],
    "BS",
    5,
    5,
    "duration SR video_count",
    true,
  ),
  "wan2.2-i2v-flash": row("I", "480P 720P 1080P", "720P", [5], "BS", 2, 2, "duration SR video_count", true),
  "wan2.2-i2v-plus": row("I", "480P 1080P", "1080P", [5], "BS", 2, 2, "duration SR video_count", true),
  "wanx2.1-i2v-turbo": row("I", "480P 720P", "720P", [3, 4, 5], "B", 2, 2, RATIO, true),
  "wan2.1-i2v-turbo": row("I", "480P 720P", "720P", [3, 4, 5], "S", 2, 2, RATIO, true),
  "wanx2.1-i2v-plus": row("I", "720P", "720P", [5], "B", 2, 2, RATIO, true),
  "wan2.1-i2v-plus": row("I", "720P", "720P", [5], "S", 2, 2, RATIO, true),
  "wan2.2-kf2v-flash": row(
    "K",
    "480P 720P 1080P",
    "720P",
    [5],
    "BS",
    2,
    2,
    "video_duration video_count SR",
    true,
  ),
  "wanx2.1-kf2v-plus": row("K", "720P", "720P", [5], "B", 2, 2, RATIO, true),
  "wan2.1-kf2v-plus": row("K", "720P", "720P", [5], "S", 1, 2, RATIO, true),
};
const names = Object.keys(expected);

function row(
  ...[family, resolutions, defaultResolution, durations, regions, submits, running, usage, actualPrompt]: [
    Expected["family"],
    string,
    string,
    number[],
    string,
    number,
    number,
    string,
    boolean,
  ]
): Expected {
  return {
    family,
    resolutions,
    defaultResolution,
    durations,
    regions,
    submits,
    running,
    usage,
    actualPrompt,
  };
}

const regionOf: Record<string, Region> = {
  B: "cn-beijing",
  S: "ap-southeast-1",
  V: "us-east-1",
  F: "eu-central-1",
};

test("the models are those of the reference, and no others", () => {
  expect([...modelIds].sort()).toEqual([...names].sort());
});

const FAILS_LATER = "[demo:internal-error]";

/** A right request for this model, at its cheapest, which never gets as far as a film. */
async function bodyFor(model: string, parameters: object = {}, input: object = {}) {
  const { family } = expected[model] as Expected;
  const url = await dataUri();
  const files = {
    M: { media: [{ type: "first_frame", url }] },
    I: { img_url: url },
    K: { first_frame_url: url, last_frame_url: url },
  };
  return { model, input: { prompt: FAILS_LATER, ...files[family], ...input }, parameters };
}

const pathOf = (model: string) => (expected[model]?.family === "K" ? { path: "image2video" as const } : {});

describe.each(names)("%s", (name) => {
  const { resolutions, defaultResolution, durations, regions, submits, running, usage } = expected[
    name
  ] as Expected;

  test("takes its resolutions and no other, and has its default", async () => {
    const { create, query, clock } = await startEmulator(media);
    for (const resolution of ["480P", "720P", "1080P", "720p", "4K"]) {
      clock.advance(1000);
      const { output } = await query(await create(await bodyFor(name, { resolution }), pathOf(name)));
      if (resolutions.split(" ").includes(resolution)) expect(output.task_status).toBe("PENDING");
      else
        expect(output).toMatchObject({
          code: "InvalidParameter",
          message: expect.stringContaining("resolution"),
        });
    }
    expect(findModel(name, null)?.defaultResolution).toBe(defaultResolution);
  });

  test("takes its lengths and no other, on both sides of every edge", async () => {
    const { create, query, clock } = await startEmulator(media);
    for (const duration of [1, 2, 3, 4, 5, 6, 9, 10, 11, 15, 16, 5.5, "5"]) {
      clock.advance(1000);
      const { output } = await query(await create(await bodyFor(name, { duration }), pathOf(name)));
      if ((durations as unknown[]).includes(duration)) expect(output.task_status).toBe("PENDING");
      else
        expect(output).toMatchObject({
          code: "InvalidParameter",
          message: expect.stringContaining("duration"),
        });
    }
    expect(findModel(name, null)?.defaultDurationSeconds).toBe(5);
  });

  test("is there in its regions, and elsewhere does not exist", async () => {
    for (const [letter, region] of Object.entries(regionOf)) {
      const { post, send } = await startEmulator(media, { region });
      const made = await readReply(await post(await bodyFor(name), pathOf(name)));
      const policy = await readReply(await send(`/api/v1/uploads?action=getPolicy&model=${name}`));
      const missing = { status: 404, body: { code: "InvalidParameter", message: "Model not exist." } };
      if (regions.includes(letter)) expect([made.status, policy.status]).toEqual([200, 200]);
      else expect([made, policy]).toMatchObject([missing, missing]);
    }
    const { post } = await startEmulator(media);
    expect((await post(await bodyFor(name), pathOf(name))).status).toBe(200);
  });

  test("takes as many starts a second, and runs as many at once, as its region's table says", async () => {
    const region = regionOf[regions[0] as string] as Region;
    const { post, send, clock } = await startEmulator(media, { region, timeScale: 0.01 });
    const body = await bodyFor(name);
    const statuses: number[] = [];
    for (let count = 0; count <= submits; count++) statuses.push((await post(body, pathOf(name))).status);
    expect(statuses).toEqual([...Array(submits).fill(200), 429]);
    clock.advance(1000);
    if (submits <= running) statuses.push((await post(body, pathOf(name))).status);
    clock.advance(1000);
    await post(body, pathOf(name));
    clock.advance(2_000_000);
    const { total } = (await readReply(await send("/api/v1/tasks?status=RUNNING"))).body;
    expect(total).toBe(running);
    const { total: waiting } = (await readReply(await send("/api/v1/tasks?status=PENDING"))).body;
    expect(waiting).toBeGreaterThan(0);
  });

  test("tells its usage in its own keys", () => {
    const film: Film = {
      fileName: "film.mp4",
      durationSeconds: 5,
      clipSeconds: 0,
      hasSound: true,
      resolution: "720P",
      renderedAt: 0,
    };
    const told = usageOf({ model: name, film } as Task) as Record<string, unknown>;
    expect(Object.keys(told).sort()).toEqual(usage.split(" ").sort());
    expect(told.video_count).toBe(1);
    if ("SR" in told) expect(told.SR).toBe(720);
    if ("video_ratio" in told) expect(told.video_ratio).toBe("standard");
    expect(told.duration ?? told.video_duration).toBe(5);
  });
});

test("in Virginia and Frankfurt wan2.6 is sold in three lengths", async () => {
  for (const region of ["us-east-1", "eu-central-1"] as const) {
    const { create, query } = await startEmulator(media, { region });
    const lookAt = async (duration: number) =>
      (await query(await create(await bodyFor("wan2.6-i2v", { duration })))).output.task_status;
    expect([await lookAt(5), await lookAt(7), await lookAt(15)]).toEqual(["PENDING", "FAILED", "PENDING"]);
  }
});

describe("a request in the fields of another family", () => {
  test.each([
    [
      "wan2.6-i2v",
      { media: [{ type: "first_frame", url: "https://host.test/a.png" }] },
      "Field required: input.img_url",
    ],
    ["wan2.7-i2v", { img_url: "https://host.test/a.png" }, "Field required: input.media"],
    ["wan2.2-kf2v-flash", { img_url: "https://host.test/a.png" }, "Field required: input.first_frame_url"],
    ["wan2.2-kf2v-flash", { first_frame_url: "DATA" }, "Field required: input.last_frame_url"],
    [
      "wanx2.1-kf2v-plus",
      { last_frame_url: "DATA", template: "mech1" },
      "Field required: input.first_frame_url",
    ],
    ["wan2.6-i2v", { img_url: "" }, "Field required: input.img_url"],
    ["wan2.6-i2v", { img_url: 7 }, "input.img_url must be a string."],
  ])("%s with %j", async (model, input, message) => {
    const { create, query } = await startEmulator(media);
    const taskId = await create({ model, input }, pathOf(model));
    expect(await query(taskId)).toMatchObject({
      output: { task_status: "FAILED", code: "InvalidParameter", message },
    });
  });
});

describe("parameters that only some models have", () => {
  const outcome = async (model: string, parameters: object, input: object = {}) => {
    const { create, query } = await startEmulator(media);
    const { output } = await query(await create(await bodyFor(model, parameters, input), pathOf(model)));
    return output.message ?? output.task_status;
  };

  test.each([
    ["wan2.6-i2v", { shot_type: "multi" }, "PENDING"],
    ["wan2.6-i2v", { shot_type: "triple" }, "parameters.shot_type must be one of single, multi."],
    ["wan2.7-i2v", { shot_type: "triple" }, "PENDING"],
    ["wan2.6-i2v-flash", { audio: false }, "PENDING"],
    ["wan2.6-i2v-flash", { audio: "no" }, "parameters.audio must be true or false."],
    ["wan2.5-i2v-preview", { audio: false }, "PENDING"],
    ["wan2.6-i2v", { audio: "no" }, "PENDING"],
  ])("%s with %j: %s", async (model, parameters, result) => {
    expect(await outcome(model, parameters)).toBe(result);
  });

  test.each([
    ["wan2.1-i2v-turbo", "squish", true],
    ["wan2.1-i2v-turbo", "coupleheart", true],
    ["wan2.1-i2v-turbo", "melt", false],
    ["wanx2.1-i2v-plus", "squish", true],
    ["wanx2.1-i2v-plus", "dance5", true],
    ["wanx2.1-i2v-plus", "dance6", false],
    ["wan2.1-i2v-plus", "pupil", true],
    ["wanx2.1-kf2v-plus", "hanfu-1", true],
    ["wan2.1-kf2v-plus", "mech2", true],
    ["wanx2.1-kf2v-plus", "squish", false],
    ["wan2.2-kf2v-flash", "hanfu-1", false],
    ["wan2.2-i2v-plus", "squish", false],
    ["wan2.6-i2v", "squish", false],
    ["wan2.7-i2v", "squish", false],
  ])("%s knows the template %s: %s", async (model, template, isKnown) => {
    const said = await outcome(model, {}, { template });
    if (isKnown) expect(said).toBe("PENDING");
    else expect(said).toContain("input.template is not supported");
  });
});

describe("sounds for the flat family", () => {
  test.each([
    ["wan2.6-i2v", 2.8, "FAILED"],
    ["wan2.6-i2v", 3, "PENDING"],
    ["wan2.5-i2v-preview", 30, "PENDING"],
    ["wan2.5-i2v-preview", 30.3, "FAILED"],
  ])("%s with %d s: %s", async (model, soundSeconds, status) => {
    const { fetch } = await startHost(media, { soundSeconds });
    const { create, query } = await startEmulator(media, { fetch });
    const body = await bodyFor(model, {}, { audio_url: at("sound.wav") });
    expect((await query(await create(body))).output.task_status).toBe(status);
  });

  test("in the request itself only where an older client does it, and in strict mode nowhere", async () => {
    const { files } = await startHost(media);
    const audio_url = `data:audio/wav;base64,${(files["sound.wav"] as Buffer).toString("base64")}`;
    const lookAt = async (model: string, isStrict: boolean) => {
      const { post, query } = await startEmulator(media, { isStrict });
      const { body } = await readReply(await post(await bodyFor(model, {}, { audio_url })));
      return body.message ?? (await query(body.output.task_id)).output.message ?? "taken";
    };
    expect(await lookAt("wan2.5-i2v-preview", false)).toBe("taken");
    expect(await lookAt("wan2.5-i2v-preview", true)).toBe("url error, please check url!");
    expect(await lookAt("wan2.6-i2v", false)).toBe("url error, please check url!");
  });
});

test("a picture of 10 MB and a bit is too large for 2.2, 2.1 and the keyframes, and not for 2.6", async () => {
  const small = await dataUri();
  const lookAt = async (model: string, input: object) => {
    const { create, query } = await startEmulator(media);
    const body = await bodyFor(model, {}, input);
    return (await query(await create(body, pathOf(model)))).output.code ?? "taken";
  };
  const url = padded(small, 10.2);
  expect(await lookAt("wan2.2-i2v-plus", { img_url: url })).toBe("InvalidFile.Size");
  expect(await lookAt("wan2.1-i2v-plus", { img_url: url })).toBe("InvalidFile.Size");
  expect(await lookAt("wan2.2-kf2v-flash", { last_frame_url: url })).toBe("InvalidFile.Size");
  expect(await lookAt("wan2.6-i2v", { img_url: url })).toBe("taken");
  expect(await lookAt("wan2.6-i2v", { img_url: padded(small, 20.2) })).toBe("InvalidFile.Size");
});

function padded(uri: string, megabytes: number): string {
  const [head, text = ""] = uri.split(",");
  const bytes = Buffer.concat([Buffer.from(text, "base64"), Buffer.alloc(megabytes * 2 ** 20)]);
  return `${head},${bytes.toString("base64")}`;
}

test("a picture may be flatter than 8:1 where no ratio is named", async () => {
  const { default: sharp } = await import("sharp");
  const flat = sharp({ create: { width: 2400, height: 250, channels: 3, background: "#456" } }).jpeg();
  const { create, query } = await startEmulator(media);
  const body = await bodyFor("wan2.6-i2v", {}, { img_url: await dataUri(flat) });
  expect((await query(await create(body))).output.task_status).toBe("PENDING");
});

test("Base64 without its head is taken for a picture of the flat family, as one client sends it", async () => {
  const bare = (await dataUri()).split(",")[1];
  const { create, query } = await startEmulator(media);
  const flat = await create(await bodyFor("wan2.6-i2v", {}, { img_url: bare }));
  expect((await query(flat)).output.task_status).toBe("PENDING");
  const nested = { model: "wan2.7-i2v", input: { media: [{ type: "first_frame", url: bare }] } };
  expect((await query(await create(nested))).output.message).toBe("url error, please check url!");
});
