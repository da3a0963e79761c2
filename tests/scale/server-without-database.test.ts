import { afterAll, beforeAll, expect, test } from "vitest";
import { type BreakableLine, openLineTo, throughLine } from "@/tests/support/breakable-line";
import { readEvents } from "@/tests/support/event-reader";
import { type Studio, startStudio } from "@/tests/support/studio-server";
import { dropDatabasePlace, newPostgresPlace } from "@/tests/support/test-database";

let place: Awaited<ReturnType<typeof newPostgresPlace>>;
let line: BreakableLine;
let studio: Studio;

beforeAll(async () => {
  place = await newPostgresPlace();
  line = await openLineTo(place.url);
  studio = await startStudio({
    env: {
      DATABASE_URL: throughLine(place.url, line),
      AUTH_SECRET: "0123456789abcdef0123456789abcdef",
      DASHSCOPE_API_KEY: "sk-test",
      DASHSCOPE_BASE_URL: "http://127.0.0.1:9",
    },
  });
}, 120_000);

afterAll(async () => {
  await studio.remove();
  await line.cut().catch(() => {});
  await dropDatabasePlace(place);
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setTimeout(done, 100));
}

test("a server whose database goes away answers 503 and why, keeps its streams, and serves again when it is back", async () => {
  expect((await fetch(studio.url)).status).toBe(200);
  const events = readEvents(`${studio.url}/api/events`);
  await until(async () => events.ids.length > 0);

  await line.cut();
  await until(async () => (await fetch(studio.url)).status === 503);
  for (const path of ["/", "/api/generations", "/api/assets/ast_1/content"]) {
    const answer = await fetch(studio.url + path);
    expect([path, answer.status, answer.headers.get("retry-after")]).toEqual([path, 503, "2"]);
    expect(await answer.text()).toContain("The studio's database does not answer just now");
  }

  await line.mend();
  await until(async () => (await fetch(studio.url)).status === 200);
  expect(events.reconnects()).toBe(0);
  await events.close();
  const said = studio.output();
  expect(said).toContain("the database does not answer; waiting for it");
  expect(said).toContain("the database answers again");
  expect(said).not.toContain("a step failed");
});

test("a server that starts before its database waits, says so, and answers 503 until then", async () => {
  expect(await studio.kill("SIGTERM")).toBe(0);
  await line.cut();
  const starting = studio.restart();
  let answer: Response | null = null;
  await until(async () => {
    answer = await fetch(studio.url).catch(() => null);
    return answer !== null;
  });
  expect((answer as Response | null)?.status).toBe(503);
  await line.mend();
  await starting;
  expect((await fetch(studio.url)).status).toBe(200);
}, 120_000);
