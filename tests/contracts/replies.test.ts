import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Failure } from "@/lib/domain/failure";
import { createAimlapi } from "@/lib/server/providers/aimlapi/client";
import { createDashScope } from "@/lib/server/providers/dashscope/client";
import { ProviderError, type RemoteTask, type VideoProvider } from "@/lib/server/providers/provider";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";

type Reply = { name: string; http: number; body: unknown; state: { kind: string } };
type ErrorRow = {
  code: string;
  http: number;
  message: string;
  retry: "no" | "fix" | "back-off" | "back-off twice" | "slow" | "new task";
  kind: string;
  input: string | null;
  where?: "both" | "create";
  advice: string;
  /** Words that the sentence must have, by the page's own explanation of the code. */
  says: string;
};

const read = (name: string) => JSON.parse(readFileSync(`tests/fixtures/wire/${name}.json`, "utf8"));
const replies: Record<"dashscope" | "aimlapi", Reply[]> = read("replies");
const errors: Record<"dashscope" | "aimlapi", ErrorRow[]> = read("errors");

const signal = new AbortController().signal;
const task: RemoteTask = { taskId: "t", sent: { firstFrame: "inline", drivingAudio: "link" } };
const prepared = { url: "https://vendor.example/create", headers: {}, body: "{}", sent: task.sent ?? {} };
const WAITS = ["back-off", "back-off twice", "slow"];
const TRIES: Record<string, unknown> = { "back-off twice": 3, slow: expect.any(Number) };

function dashScopeThat(answer: Response): VideoProvider {
  const { fetch } = createScriptedVendor({ "GET /": [answer], "POST /": [answer] });
  const baseUrl = "https://vendor.example/api/v1";
  return createDashScope({
    baseUrl,
    region: "ap-southeast-1",
    apiKey: "sk-wire-0123456789",
    fetch,
    now: () => 0,
  });
}

function aimlapiThat(answer: Response): VideoProvider {
  const { fetch } = createScriptedVendor({ "GET /": [answer], "POST /": [answer] });
  return createAimlapi({
    baseUrl: "https://vendor.example",
    apiKey: "sk-wire-0123456789",
    fetch,
    now: () => 0,
  });
}

async function refusal(promise: Promise<unknown>): Promise<ProviderError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw error ?? new Error("The vendor took it");
}

/** The sentence says what the page says, and whether money is gone. */
function expectWords({ title, explanation, charged }: Failure, { says }: Pick<ErrorRow, "says">) {
  expect(`${title} ${explanation}`).toContain(says);
  expect(explanation).toContain(
    charged === "no" ? "Nothing was charged." : "Whether it was charged is not known.",
  );
}

describe("a documented reply is our state", () => {
  it.each(replies.dashscope.map((reply) => [reply.name, reply] as const))(
    "DashScope: %s",
    async (_name, { http, body, state }) => {
      expect(await dashScopeThat(json(http, body)).check(task, signal)).toEqual(state);
    },
  );

  it.each(replies.aimlapi.map((reply) => [reply.name, reply] as const))(
    "AI/ML API: %s",
    async (_name, { http, body, state }) => {
      expect(await aimlapiThat(json(http, body)).check(task, signal)).toMatchObject(state);
    },
  );
});

const dashScopeErrors = errors.dashscope.map(
  (row) => [`${row.code} ${row.http} “${row.message}”`, row] as const,
);

describe("a documented error of DashScope", () => {
  it.each(dashScopeErrors)("at create: %s", async (_name, row) => {
    const answer = json(row.http, { code: row.code, message: row.message, request_id: "q" });
    const error = await refusal(dashScopeThat(answer).start(prepared, signal));
    const isProof = row.http < 500 || row.code === "ModelUnavailable";
    expect(error.accepted).toBe(isProof ? "no" : "unknown");
    expect(error.isRetryable).toBe(WAITS.includes(row.retry));
    expect(error.triesMax).toEqual(TRIES[row.retry] ?? null);
    if (row.retry === "slow") expect(error.retryAfterMs).toBeGreaterThanOrEqual(60_000);
    expect(error.failure).toMatchObject({
      kind: row.kind,
      input: row.input,
      charged: isProof ? "no" : "unknown",
      advice: row.advice,
      raw: { code: row.code, message: row.message, requestId: "q" },
    });
    expectWords(error.failure, row);
    expect(error.failure.title).not.toContain(row.code);
  });

  it.each(dashScopeErrors.filter(([, row]) => row.where === "both"))(
    "in a failed task: %s",
    async (_name, row) => {
      const { code, message } = row;
      const output = { task_id: "t", task_status: "FAILED", code, message };
      const status = await dashScopeThat(json(200, { request_id: "q", output })).check(task, signal);
      if (status.kind !== "failed") throw new Error(status.kind);
      expect(status.failure).toMatchObject({
        kind: row.kind,
        input: row.input,
        charged: "no",
        advice: row.advice,
        raw: { code, message, requestId: "q" },
      });
      expectWords(status.failure, row);
    },
  );

  it("waits as long as the vendor asks, whatever else we would do", async () => {
    const body = { code: "Throttling.AllocationQuota", message: "", request_id: "q" };
    const answer = json(429, body, { "retry-after": "7" });
    expect((await refusal(dashScopeThat(answer).start(prepared, signal))).retryAfterMs).toBe(7000);
  });
});

describe("a documented error of AI/ML API", () => {
  it.each(errors.aimlapi.map((row) => [`${row.http} “${row.message}”`, row] as const))(
    "at create: %s",
    async (_name, row) => {
      const body = {
        message: row.message,
        path: "/v2/video/generations",
        requestId: "q",
        statusCode: row.http,
        timestamp: "2026-08-21T00:00:00.000Z",
      };
      const answer = json(row.http, body, { "retry-after": "9" });
      const error = await refusal(aimlapiThat(answer).start(prepared, signal));
      const isProof = row.http < 500;
      expect(error).toMatchObject({
        accepted: isProof ? "no" : "unknown",
        isRetryable: row.retry === "back-off",
        retryAfterMs: 9000,
        failure: {
          kind: row.kind,
          input: row.input,
          charged: isProof ? "no" : "unknown",
          advice: row.advice,
          raw: { message: row.message, requestId: "q" },
        },
      });
      expectWords(error.failure, row);
    },
  );

  it.each([
    ["Generation timeout", "vendor-timeout"],
    ["Internal server error", "vendor-error"],
    ["Input was flagged by content moderation", "moderation-input"],
    ["Body validation error: audio_url", "bad-parameter"],
    ["Failed to download audio_url", "input-unreadable"],
    ["You've run out of credits.", "no-credit"],
    ["We made this up.", "vendor-refusal"],
  ])("in a failed task, where nothing says that it was free: %s", async (message, kind) => {
    const body = { id: "t", status: "error", error: { name: "Error", message } };
    const status = await aimlapiThat(json(200, body)).check(task, signal);
    if (status.kind !== "failed") throw new Error(status.kind);
    expect(status.failure).toMatchObject({ kind, charged: "unknown", raw: { message } });
  });

  it.each([
    ["a proxy's page", new Response("<html>Forbidden</html>", { status: 403 })],
    ["an answer that makes no sense", json(200, { hello: "world" })],
    ["half an answer", new Response('{"id":"6_', { status: 200 })],
  ])("is not read into %s, which proves nothing", async (_name, answer) => {
    const error = await refusal(aimlapiThat(answer).start(prepared, signal));
    expect(error).toMatchObject({ accepted: "unknown", failure: { charged: "unknown" } });
  });
});

describe("a reply that names a task is a task, whatever stands beside it", () => {
  const nextTo = { status: "queued", video: null, error: null };
  it.each([
    ["no usage", 200, { ...nextTo, meta: {} }],
    ["a usage of another shape", 200, { ...nextTo, meta: "none" }],
    ["an error of another shape", 200, { ...nextTo, error: "" }],
    ["no status", 201, {}],
  ])("AI/ML API, with %s", async (_name, http, beside) => {
    const started = aimlapiThat(json(http, { id: "t-1", ...beside })).start(prepared, signal);
    expect(await started).toMatchObject({ taskId: "t-1" });
  });

  it.each([
    ["a request id that is a number", 200, { request_id: 7 }],
    ["another status of success", 202, { request_id: "r" }],
  ])("DashScope, with %s", async (_name, http, beside) => {
    const output = { task_id: "t-1", task_status: "PENDING" };
    const started = dashScopeThat(json(http, { ...beside, output })).start(prepared, signal);
    expect(await started).toMatchObject({ taskId: "t-1" });
  });

  it("and its film is found, at either vendor", async () => {
    const url = "https://cdn.example/film.mp4";
    const shop = aimlapiThat(json(200, { id: "t", status: "completed", video: { url }, meta: {} }));
    expect(await shop.check(task, signal)).toMatchObject({ kind: "succeeded", result: { url } });
    const output = { task_id: "t", task_status: "SUCCEEDED", video_url: url, actual_prompt: {}, code: 0 };
    const vendor = dashScopeThat(json(200, { request_id: 7, output }));
    expect(await vendor.check(task, signal)).toMatchObject({ kind: "succeeded", result: { url } });
  });

  it("and where the gateway's error is only words, they are kept", async () => {
    const status = await aimlapiThat(json(200, { id: "t", status: "error", error: "why" })).check(
      task,
      signal,
    );
    expect(status).toMatchObject({ kind: "failed", failure: { raw: { message: "why" } } });
  });
});

it.each([
  ["AI/ML API", () => aimlapiThat(json(408, { message: "Request Timeout" }))],
  ["DashScope", () => dashScopeThat(json(408, { code: "RequestTimeout", message: "" }))],
])("a 408 of %s proves nothing of a start", async (_name, vendor) => {
  expect((await refusal(vendor().start(prepared, signal))).accepted).toBe("unknown");
});
