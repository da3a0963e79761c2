import { type IncomingHttpHeaders, request } from "node:http";
import { expect } from "@playwright/test";
import { jpegPicture } from "@/tests/support/pictures";
import { test } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

test("a probe hears whether the studio can work, by whatever name it comes, and nothing but counts", async ({
  studio,
}) => {
  const { url } = await studio();
  await expect.poll(async () => (await ask(`${url}/api/health`)).status).toBe(200);
  for (const headers of [{ host: "10.1.2.3:3000" }, { "x-forwarded-for": "10.1.2.3" }]) {
    const health = await ask(`${url}/api/health`, headers);
    expect(health.status).toBe(200);
    expect(health.headers["cache-control"]).toBe("no-store");
    expect(JSON.parse(health.body)).toEqual({
      live: true,
      ready: true,
      database: "ok",
      storage: "ok",
      worker: { state: "ok", count: 1, lastBeatSecondsAgo: expect.any(Number) },
      queue: { depth: 0, oldestWaitingSeconds: 0 },
    });
    const live = await ask(`${url}/api/health/live`, headers);
    expect([live.status, live.body]).toEqual([200, '{"live":true}\n']);
    // What is more than that stays behind the guard.
    expect((await ask(`${url}/api/metrics`, headers)).status).toBe(403);
    expect((await ask(`${url}/api/health/../queue`, headers)).status).toBe(403);
  }
  expect((await ask(`${url}/api/health`, { origin: "https://evil.example" })).status).toBe(403);
  expect((await ask(`${url}/api/health`, {}, "POST")).status).toBe(405);
});

test("metrics are for this machine, or for whoever has the token", async ({ studio }) => {
  const open = await studio();
  const metrics = await ask(`${open.url}/api/metrics`);
  expect(metrics.status).toBe(200);
  expect(metrics.headers["content-type"]).toContain("text/plain; version=0.0.4");
  expect(metrics.body).toContain("process_resident_memory_bytes");

  const METRICS_TOKEN = "a-token-of-sixteen-letters";
  const { url } = await studio({ METRICS_TOKEN });
  expect((await ask(`${url}/api/metrics`)).status).toBe(401);
  expect((await ask(`${url}/api/metrics`, { authorization: `Bearer ${METRICS_TOKEN}` })).status).toBe(200);
});

test("each answer names its request, and the log follows an order by it and never says what was asked for", async ({
  studio,
  page,
}) => {
  const { url, output } = await studio({ LOG_LEVEL: "debug" });
  const own = await ask(`${url}/api/queue`, { "x-request-id": "trace-42" });
  expect(own.headers["x-request-id"]).toBe("trace-42");
  for (const id of ['x" } {"level":60', "a b", "x".repeat(65)]) {
    expect((await ask(`${url}/api/queue`, { "x-request-id": id })).headers["x-request-id"]).toMatch(
      /^[\da-f-]{36}$/,
    );
  }

  await page.goto(url);
  const on = studioPage(page);
  await on.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await on.prompt.fill("Zwölf Boxkämpfer jagen Viktor");
  await on.chooseTwoSeconds();
  await on.generate.click();
  const card = on.card("Zwölf Boxkämpfer jagen Viktor");
  await expect(card).toHaveAccessibleName(/Ready$/, { timeout: 55_000 });

  const lines = output()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({
      requestId: "trace-42",
      path: "/api/queue",
      status: 200,
      durationMs: expect.any(Number),
    }),
  );
  const created = lines.find(({ event }) => event === "created");
  expect(created).toMatchObject({
    requestId: expect.any(String),
    generationId: expect.stringMatching(/^gen_/),
  });
  const { generationId } = created;
  expect(lines.filter((line) => line.generationId === generationId).map(({ event }) => event)).toEqual(
    expect.arrayContaining(["claimed", "accepted", "finished", "stored"]),
  );
  expect(output()).not.toMatch(/Zw|Boxk|Viktor|sk-demo|base64/);

  const { body } = await ask(`${url}/api/metrics`);
  expect(body).toContain('firstframe_generation_events_total{event="accepted"} 1');
  expect(body).toMatch(
    /firstframe_vendor_request_duration_seconds_count\{vendor="demo",call="start",outcome="ok"\} 1/,
  );
  expect(body).toContain("firstframe_open_streams 1");
  expect(body).toMatch(/firstframe_transferred_bytes_total\{direction="upload"\} [1-9]/);
  expect(body).toMatch(/firstframe_transferred_bytes_total\{direction="download"\} [1-9]/);
});

type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

/** Plain HTTP, because a browser or fetch would not send a foreign Host. */
function ask(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((done, fail) => {
    const path = url.slice(url.indexOf(port) + port.length);
    const sent = request({ hostname, port, path, method, headers, agent: false });
    sent.once("error", fail);
    sent.once("response", async (response) => {
      let body = "";
      for await (const chunk of response.setEncoding("utf8")) body += chunk;
      done({ status: response.statusCode ?? 0, headers: response.headers, body });
    });
    sent.end();
  });
}
