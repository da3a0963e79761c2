import { describe, expect, it } from "vitest";
import { createDashScope } from "@/lib/server/providers/dashscope/client";
import { ProviderError } from "@/lib/server/providers/provider";
import { startEmulator } from "@/tests/emulator/start-emulator";
import { type WrongRequest, wrongRequests } from "@/tests/emulator/wrong-requests";
import { testMedia } from "@/tests/support/test-studio";

const BASE_URL = "https://vendor.test/api/v1";
const never = new AbortController().signal;

/** Sends the request as it is, past everything of ours that would have refused it. */
async function send(request: WrongRequest, isStrict: boolean) {
  const { emulator, clock } = await startEmulator(testMedia(), { isStrict });
  const provider = createDashScope({
    baseUrl: BASE_URL,
    region: "ap-southeast-1",
    apiKey: "sk-wire-0123456789",
    fetch: (input, init) => emulator.handler(new Request(input, init)),
    now: clock.now,
  });
  const sent = { firstFrame: "inline" } as const;
  const started = provider.start(
    {
      url: `${BASE_URL}/services/aigc/${request.path ?? "video-generation"}/video-synthesis`,
      headers: {
        Authorization: "Bearer sk-wire-0123456789",
        "Content-Type": "application/json",
        "X-DashScope-Async": "enable",
        "X-DashScope-OssResourceResolve": "enable",
      },
      body: JSON.stringify(await request.body()),
      sent,
    },
    never,
  );
  return { provider, started };
}

describe("a refusal is one kind of refusal, wherever it comes", () => {
  it.each(wrongRequests.map((request) => [request.name, request] as const))("%s", async (_name, request) => {
    const later = await send(request, false);
    const status = await later.provider.check(await later.started, never);
    if (status.kind !== "failed") throw new Error(`it is ${status.kind}`);
    const atOnce = await send(request, true)
      .then(({ started }) => started)
      .then(
        () => expect.fail("it was accepted"),
        (reason: unknown) => reason,
      );
    if (!(atOnce instanceof ProviderError)) throw atOnce;

    expect(atOnce.accepted).toBe("no");
    const { raw: late, ...lateFailure } = status.failure;
    const { raw: early, ...earlyFailure } = atOnce.failure;
    expect(earlyFailure).toEqual(lateFailure);
    expect(lateFailure.charged).toBe("no");
    expect([late?.code, early?.code]).toEqual([request.code, request.strictCode ?? request.code]);
    expect(late?.message).toMatch(request.message);
    expect(early?.requestId).toEqual(expect.any(String));
  });
});
