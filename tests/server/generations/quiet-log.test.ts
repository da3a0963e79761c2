import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cancelGeneration } from "@/lib/server/generations/cancel-generation";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { createLog } from "@/lib/server/log";
import { measureEvents } from "@/lib/server/operations/measure-studio";
import { createMetrics } from "@/lib/server/operations/metrics";
import { connectionError, createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop, TEST_KEY } from "@/tests/support/test-workshop";

const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
const PROMPT = "Zwölf Boxkämpfer jagen Viktor";
const LINK = "https://93.184.216.34/a.mp4?Expires=1795000000&Signature=signed-by-oss";

// Whatever a vendor answers, it may repeat all that it was sent, and more.
const WORDS = `${TEST_KEY} ${PROMPT} ${LINK} data:image/jpeg;base64,AAAA`;
const refused = json(400, { code: "InvalidParameter", message: WORDS, request_id: "q-7" });
const throttled = json(429, { code: "Throttling", message: WORDS, request_id: "q-7" });
const unclear = new Response(WORDS, { status: 502 });
const accepted = json(200, { request_id: "r", output: { task_id: "task-1", task_status: "PENDING" } });
const task = (output: object) => json(200, { request_id: "q", output: { task_id: "task-1", ...output } });
const failed = task({ task_status: "FAILED", code: "InternalError", message: WORDS });
const done = task({ task_status: "SUCCEEDED", video_url: LINK, orig_prompt: PROMPT, actual_prompt: PROMPT });

type Answers = Parameters<typeof createScriptedVendor>[0][string];
type Story = {
  starts: Answers;
  looks?: Answers;
  cancels?: Answers;
  result?: Answers;
  isAnswerUnwritten?: boolean;
};

const STORIES: Record<string, Story> = {
  "refuses the start": { starts: [refused] },
  "holds the start back": { starts: [throttled] },
  "answers the start with something else, and its list with a refusal": {
    starts: [unclear],
    looks: [refused],
  },
  "cuts the start off, and its list as well": {
    starts: [connectionError("ECONNRESET")],
    looks: [connectionError("ECONNRESET")],
  },
  "accepts a start whose answer cannot be written at first": {
    starts: [accepted],
    looks: [failed],
    isAnswerUnwritten: true,
  },
  "gives an unclear answer that cannot be written at first": {
    starts: [unclear],
    looks: [refused],
    isAnswerUnwritten: true,
  },
  "answers a look with something else, then says that it failed": {
    starts: [accepted],
    looks: [unclear, failed],
  },
  "says a status that nobody knows": { starts: [accepted], looks: [task({ task_status: WORDS })] },
  "refuses to cancel": { starts: [accepted], looks: [task({ task_status: "RUNNING" })], cancels: [refused] },
  "finishes a clip whose link is dead": {
    starts: [accepted],
    looks: [done],
    result: [new Response(WORDS, { status: 403 })],
  },
  "finishes a clip whose link leads to no film": {
    starts: [accepted],
    looks: [done],
    result: [new Response(WORDS)],
  },
  "finishes a clip whose link is none": {
    starts: [accepted],
    looks: [task({ task_status: "SUCCEEDED", video_url: `http://[${WORDS}` })],
  },
};

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

/** All that is logged while a clip is ordered, wished back and followed for some hours. */
async function logOf(
  { starts, looks = [], cancels = [], result = [], isAnswerUnwritten = false }: Story,
  level = "debug",
) {
  let text = "";
  const write = (line: string) => {
    text += line;
  };
  const log = createLog(level, [], { write });
  const vendor = createScriptedVendor({
    [`POST ${CREATE}`]: starts,
    "GET /api/v1/tasks/": looks,
    "POST /api/v1/tasks/": cancels,
    "GET /a.mp4": result,
  });
  const measured = createGenerationRepository(studio.db, studio.bus, measureEvents(createMetrics(), log));
  let isBroken = isAnswerUnwritten;
  const generations: TestStudio["generations"] = {
    ...measured,
    async applyEvent(generation, event) {
      if (isBroken && generation.state === "submitting") {
        isBroken = false;
        throw new Error("database is locked");
      }
      return measured.applyEvent(generation, event);
    },
  };
  const shop = openWorkshop({ ...studio, generations, log }, vendor.fetch);
  const id = await shop.createOne({
    parameters: { prompt: PROMPT, resolution: "720P", durationSeconds: 5 },
  });
  await shop.advanceDue();
  if (cancels.length > 0) await cancelGeneration(shop.workshop, OWNER, id);
  for (let look = 0; look < 12; look += 1) {
    studio.clock.advance(10 * 60_000);
    await shop.advanceDue(100);
  }
  return { text, rows: JSON.stringify(await studio.db.selectFrom("generations").selectAll().execute()) };
}

describe("a vendor that repeats the key, the prompt and its links", () => {
  it.each(Object.entries(STORIES))("and %s has none of it in the log", async (_what, story) => {
    const { text, rows } = await logOf(story);
    for (const private_ of [TEST_KEY, "Zw", "Boxk", "Viktor", "signed-by-oss", "base64,AAAA"])
      expect(text).not.toContain(private_);
    expect(text).toContain('"msg":"generation"');
    expect(rows).toContain(PROMPT);
    expect(rows).not.toContain(TEST_KEY);
  });
});

it("a download that fails for hours is one short line a try", async () => {
  const result = [new Response("busy", { status: 503 })];
  const { text } = await logOf({ starts: [accepted], looks: [done], result }, "info");
  const lines = text.trim().split("\n");
  const tries = lines.filter((line) => line.includes("could not be stored yet"));
  expect(tries.length).toBeGreaterThan(5);
  for (const line of tries) {
    expect(JSON.parse(line)).toMatchObject({
      generationId: expect.stringMatching(/^gen_/),
      error: { message: "The vendor answered 503 for the finished file" },
    });
  }
  expect(text).not.toMatch(/"stack"|not-stored/);
});
