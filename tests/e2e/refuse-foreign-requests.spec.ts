import { type IncomingHttpHeaders, request } from "node:http";
import { expect } from "@playwright/test";
import { test } from "@/tests/support/story";
import { failToStart } from "@/tests/support/studio-server";

test("neither a foreign name, nor a proxy, nor a hostile page reaches a studio without sign-in", async ({
  studio,
}) => {
  const { url, output } = await studio();
  const { host } = new URL(url);
  expect(output()).toContain("Demo mode: no key is set");
  expect(await ask(url, {})).toMatchObject({ status: 200 });

  const foreign: Record<string, string>[] = [
    { host: "studio.example" },
    { host: `evil.example:${new URL(url).port}` },
    { "x-forwarded-for": "203.0.113.7" },
    { "x-forwarded-host": host },
    { forwarded: "for=203.0.113.7" },
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
  ];
  for (const headers of foreign) {
    for (const [method, path] of [
      ["GET", "/"],
      ["POST", "/"],
      ["POST", "/api/assets?name=a.png&slot=firstFrame&model=wan2.7-i2v"],
      ["GET", "/api/events?after=0"],
      ["GET", "/icon.svg"],
    ] as const) {
      const answer = await ask(url + path, headers, method);
      expect(answer.status, `${method} ${path} with ${JSON.stringify(headers)}`).toBe(403);
    }
  }
});

test("a refusal is one sentence: text for a person, our error for a program", async ({ studio }) => {
  const { url } = await studio();
  const person = await ask(url, { host: "studio.example", accept: "text/html" });
  expect(person.headers["content-type"]).toContain("text/plain");
  expect(person.body).toMatch(/^This studio has no sign-in, so it answers only to .*\n$/);

  const program = await ask(`${url}/api/events?after=0`, { "x-forwarded-for": "203.0.113.7" });
  expect(JSON.parse(program.body)).toEqual({
    error: { code: "forbidden-origin", message: expect.stringContaining("x-forwarded-for") },
  });
});

test("a large upload that is refused ends at once", async ({ studio }) => {
  const { url } = await studio();
  const headers = { origin: "https://evil.example", "content-length": String(500 * 1024 * 1024) };
  const answer = await ask(`${url}/api/assets?name=a.png&slot=firstFrame&model=wan2.7-i2v`, headers, "POST");
  expect(answer.status).toBe(403);
  expect(answer.headers.connection).toBe("close");
});

test("every answer tells the browser not to guess, not to frame and not to tell", async ({ studio }) => {
  const { url } = await studio();
  for (const path of ["/", "/icon.svg", "/nothing-here", "/api/events-that-are-not"]) {
    expect((await ask(url + path, {})).headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
    });
  }
});

test("without a sign-in method the server does not start on an address that others can reach", async () => {
  for (const HOST of ["0.0.0.0", "::", "192.0.2.1"]) {
    const { code, output } = await failToStart({ HOST });
    expect(code).toBe(1);
    expect(output).toContain(`HOST: ${HOST} can be reached from other machines, and nobody has to sign in`);
  }
});

test("a wrong setting stops the start and is named, without a stack", async () => {
  const { code, output } = await failToStart({ PORT: "eighty", PUBLIC_URL: "studio.example" });
  expect(code).toBe(1);
  expect(output).toContain("PORT:");
  expect(output).toContain("PUBLIC_URL: is not an http(s) address");
  expect(output).not.toContain("    at ");
});

test("a second server on the same port, or over the same data, says so and leaves the first alone", async ({
  studio,
}) => {
  const first = await studio();
  const port = new URL(first.url).port;
  const samePort = await failToStart({ PORT: port });
  expect(samePort.output).toBe(
    `Port ${port} is taken by another program. Stop it, or choose another with PORT=3001.\n`,
  );

  const sameData = await failToStart({ DATA_DIR: first.dataDir });
  expect(sameData.code).toBe(1);
  expect(sameData.output).toContain(`Another Firstframe is running on the data folder ${first.dataDir}`);
  expect((await ask(first.url, {})).status).toBe(200);
});

test("the services are up before the first visitor, and one signal takes them down with open streams", async ({
  studio,
}) => {
  const { url, kill, output } = await studio();
  const stream = request(`${url}/api/events?after=0`);
  const ended = new Promise((done) =>
    stream.once("response", (answer) => answer.resume().once("close", done)).end(),
  );
  await new Promise((done) => stream.once("response", done));
  const startedAt = performance.now();
  expect(await kill("SIGTERM")).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(8_000);
  await ended;
  expect(output()).not.toMatch(/unhandled|uncaught/i);
});

type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

/** Plain HTTP, because a browser or fetch would not send a foreign Host. */
function ask(url: string, headers: Record<string, string>, method = "GET"): Promise<Answer> {
  return new Promise((done, fail) => {
    const sent = request(url, { method, headers, agent: false });
    sent.once("error", fail);
    sent.once("response", async (response) => {
      let body = "";
      for await (const chunk of response.setEncoding("utf8")) body += chunk;
      done({ status: response.statusCode ?? 0, headers: response.headers, body });
    });
    if (headers["content-length"]) sent.flushHeaders();
    else sent.end();
  });
}
