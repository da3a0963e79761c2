import { describe, expect, it } from "vitest";
import { readEnv } from "@/lib/server/env";
import { secretsOf } from "@/lib/server/env-secrets";
import { createLog, redactSecrets } from "@/lib/server/log";
import { withLogContext } from "@/lib/server/log-context";
import { ProviderError } from "@/lib/server/providers/provider";

it("strikes keys, bearer tokens and signatures out of any text", () => {
  expect(redactSecrets("Invalid API-key provided: sk-ws-H.abc_DEF-123")).not.toContain("abc_DEF");
  expect(redactSecrets("authorization: Bearer abc.def.ghi rest")).toBe("authorization: Bearer … rest");
  expect(redactSecrets("https://x.example/a.mp4?Expires=1&OSSAccessKeyId=LTAI5&Signature=a%2Fb%3D&x=1")).toBe(
    "https://x.example/a.mp4?Expires=1&OSSAccessKeyId=…&Signature=…&x=1",
  );
  expect(redactSecrets("cannot reach postgres://me:hunter2@db.example/f")).toBe(
    "cannot reach postgres://me:…@db.example/f",
  );
});

/** What the log would print. */
function listen(secrets: (string | null)[] = [], level = "debug") {
  let text = "";
  const write = (line: string) => {
    text += line;
  };
  const log = createLog(level, secrets, { write });
  return {
    log,
    text: () => text,
    lines: () =>
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
  };
}

describe("a line of the log", () => {
  it("names the request and the generation that it belongs to, whoever writes it", async () => {
    const { log, lines } = listen();
    await withLogContext({ requestId: "req-1" }, async () => {
      log.info("outer");
      await withLogContext({ generationId: "gen_1" }, async () => log.info("inner"));
    });
    log.info("after");
    expect(lines()).toMatchObject([
      { level: 30, requestId: "req-1", msg: "outer" },
      { requestId: "req-1", generationId: "gen_1", msg: "inner" },
      { msg: "after" },
    ]);
    expect(lines()[2]).not.toHaveProperty("requestId");
  });

  it("holds no secret, prompt or signed link, however deep it stands and whatever it is called", () => {
    const { log, text } = listen(["a-key-without-prefix"]);
    log.error(
      {
        detail: { list: [{ apiKey: "sk-deep-in-a-list", note: "used a-key-without-prefix here" }] },
        parameters: { prompt: "a boat at dusk", negativePrompt: "blur", seed: 7 },
        url: "https://oss.example/a.mp4?x-oss-signature=abcdef&Expires=9",
        link: "https://studio.example/api/media/eyJhbGciOi",
        headers: { cookie: "session=1", authorization: "Bearer abc" },
        error: new Error("postgres://me:hunter2@db/f refused", {
          cause: new Error("key sk-in-the-cause and a-key-without-prefix"),
        }),
      },
      "something",
    );
    for (const secret of [
      "deep-in",
      "without-prefix",
      "boat",
      "blur",
      "abcdef",
      "eyJhbG",
      "session=1",
      "hunter2",
      "in-the-cause",
    ])
      expect(text()).not.toContain(secret);
    expect(text()).toContain('"seed":7');
  });

  it("holds no secret of the settings, whichever it is", () => {
    const settings = {
      DASHSCOPE_API_KEY: "first-key-of-dashscope",
      AIMLAPI_API_KEY: "second-key-of-the-gateway",
      DATABASE_URL: "postgres://me:third%20password@db.example/f",
      S3_BUCKET: "films",
      S3_ACCESS_KEY_ID: "films-reader",
      S3_SECRET_ACCESS_KEY: "fourth-key-of-the-bucket",
      AUTH_SECRET: "fifth-secret-that-signs-all-sessions",
      SIGN_IN_ALLOW: "example.com",
      PUBLIC_URL: "https://studio.example",
      GITHUB_CLIENT_ID: "studio",
      GITHUB_CLIENT_SECRET: "sixth-secret-of-github",
      METRICS_TOKEN: "seventh-token-of-metrics",
    };
    const { log, text } = listen(secretsOf(readEnv(settings)));
    log.error({ error: new Error(Object.values(settings).join(" ")), note: "third password" }, "all of it");
    expect(text()).toContain("films-reader");
    expect(text()).not.toMatch(/first|second|third password|fourth|fifth|sixth|seventh/);
  });

  it("tells a vendor's refusal by code and request id, not by words that may repeat the prompt", () => {
    const { log, lines, text } = listen();
    const error = new ProviderError({
      failure: {
        kind: "no-clear-answer",
        title: "The vendor could not be reached",
        explanation: "",
        input: null,
        charged: "unknown",
        advice: "retry-later",
        raw: { code: "HTTP 502", message: '{"orig_prompt":"a boat at dusk"', requestId: "vendor-7" },
      },
      accepted: "unknown",
      isRetryable: true,
    });
    log.warn({ error }, "a look failed");
    expect(text()).not.toContain("boat");
    expect(lines()[0].error).toMatchObject({ vendorCode: "HTTP 502", vendorRequestId: "vendor-7" });
    expect(lines()[0].error.stack).toContain("log.test.ts");
  });

  it("tells of a failure, wherever it stands, no words of the vendor's", () => {
    const { log, lines, text } = listen();
    const raw = { code: "HTTP 502", message: '{"orig_prompt":"a boat at dusk"', requestId: "vendor-7" };
    const failure = { kind: "unconfirmed", explanation: "The vendor says: a boat at dusk", raw };
    const told = { kind: "unconfirmed", vendorCode: "HTTP 502", vendorRequestId: "vendor-7" };
    log.error({ event: { type: "fate-unknown", failure } }, "the answer could not be written");
    log.error({ failure, orig_prompt: "a boat at dusk", reply: "a boat at dusk" }, "what else could hold it");
    expect(text()).not.toContain("boat");
    expect(lines()).toMatchObject([{ event: { type: "fate-unknown", failure: told } }, { failure: told }]);
  });

  it("tells of what is tried again by its words and codes alone, and where our own code broke by its stack too", () => {
    const { log, lines } = listen([], "info");
    const cause = Object.assign(new Error("connect refused"), { code: "ECONNREFUSED" });
    const error = new Error("The vendor answered 503 for the finished file", { cause });
    log.warn({ generationId: "gen_1", error }, "a finished clip could not be stored yet");
    log.error({ error }, "a step failed");
    expect(lines()[0]).toMatchObject({
      generationId: "gen_1",
      error: { message: "The vendor answered 503 for the finished file", cause: { code: "ECONNREFUSED" } },
    });
    expect(JSON.stringify(lines()[0])).not.toMatch(/stack|log\.test/);
    expect(lines()[1].error.stack).toContain("log.test.ts");
    expect(lines()[1].error.cause.stack).toContain("log.test.ts");
  });

  it("survives an object without end", () => {
    const { log, lines } = listen();
    const round: Record<string, unknown> = { name: "round" };
    round.self = round;
    log.info({ round }, "turning");
    expect(lines()[0].msg).toBe("turning");
  });
});

it("leaves nothing of a presigned link by which it could be used or its key be known", () => {
  const link =
    "https://s3.example/films/assets/aa/b.jpg?X-Amz-Credential=AKIA1%2F20261121&X-Amz-Security-Token=FwoG&X-Amz-Expires=86400&X-Amz-Signature=0a1b";
  expect(redactSecrets(`fetching ${link} failed`)).toBe(
    "fetching https://s3.example/films/assets/aa/b.jpg?X-Amz-Credential=…&X-Amz-Security-Token=…&X-Amz-Expires=86400&X-Amz-Signature=… failed",
  );
});
