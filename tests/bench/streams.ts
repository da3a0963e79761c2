import { Agent, get, type IncomingMessage } from "node:http";
import buildOnce from "../support/build-once";
import { startStudio } from "../support/studio-server";
import { memoryOf } from "./memory";
import { orderBody, sendOrder, uploadPicture } from "./orders";
import { atShare } from "./shares";
import { startScript } from "./start-script";

const STREAMS = 1_000;
const SLOW_STREAMS = 50;
const ORDERS = 40;
/** An event of the bare server comes as often, and weighs as much, as one of ours. */
const BARE_EVENTS = 120;
const EVENT_BYTES = 1_100;

/**
 * From our database to every open page: the time between a row's own instant, taken before it is written, and its
 * arrival at each of a thousand streams. Beside it a bare Node server that writes the same bytes to as many streams,
 * which is what this machine can do at all; and what fifty readers who never read cost the server.
 */
export async function benchStreams(print: (line: string) => void): Promise<void> {
  buildOnce();
  const bare = await measureBare();
  print(`| ${STREAMS} streams on this machine | events | p50 ms | p99 ms | worst ms | missed |`);
  print("|---|---|---|---|---|---|");
  print(rowOf("a bare server, as a baseline", bare, 0));
  const studio = await startStudio({ env: { LOG_LEVEL: "error" } });
  try {
    const ours = await measureStudio(studio.url);
    print(rowOf("the studio", ours.delays, ours.missed));
    print(`p99 is ${(atShare(ours.delays, 0.99) / atShare(bare, 0.99)).toFixed(2)} times the baseline's.`);
    const before = memoryOf(studio.pid());
    const slow = await openStreams(studio.url, SLOW_STREAMS, () => {});
    for (const { response } of slow) response.pause();
    await orderSome(studio.url, ORDERS);
    const after = memoryOf(studio.pid());
    for (const { response } of slow) response.destroy();
    print(
      `${SLOW_STREAMS} readers who never read, over ${ORDERS} orders: ${before} MB before, ${after} MB after.`,
    );
  } finally {
    await studio.remove();
  }
}

function rowOf(name: string, delays: readonly number[], missed: number): string {
  const events = Math.round(delays.length / STREAMS);
  const worst = delays.reduce((most, delay) => Math.max(most, delay), 0);
  return `| ${name} | ${events} | ${atShare(delays, 0.5)} | ${atShare(delays, 0.99)} | ${worst} | ${missed} |`;
}

type Stream = { response: IncomingMessage };

/** Opens streams and hands each one's data lines over as they come. */
async function openStreams(
  url: string,
  count: number,
  onData: (index: number, data: string, at: number) => void,
): Promise<Stream[]> {
  const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  return Promise.all(
    Array.from(
      { length: count },
      (_, index) =>
        new Promise<Stream>((done, fail) => {
          get(`${url}/api/events?after=0`, { agent }, (response) => {
            let rest = "";
            response.setEncoding("utf8");
            response.on("data", (chunk: string) => {
              const arrivedAt = Date.now();
              const lines = (rest + chunk).split("\n");
              rest = lines.pop() ?? "";
              for (const line of lines)
                if (line.startsWith("data: ")) onData(index, line.slice(6), arrivedAt);
            });
            response.once("data", () => done({ response }));
            response.on("error", () => {});
          }).once("error", fail);
        }),
    ),
  );
}

async function measureStudio(url: string): Promise<{ delays: number[]; missed: number }> {
  const delays: number[] = [];
  const ended = Array.from({ length: STREAMS }, () => new Set<string>());
  const streams = await openStreams(url, STREAMS, (index, data, arrivedAt) => {
    const view = JSON.parse(data);
    const writtenAt = { queued: view.createdAt, submitting: view.submittedAt, failed: view.finishedAt }[
      view.state as string
    ];
    if (writtenAt) delays.push(arrivedAt - writtenAt);
    if (view.state === "failed") ended[index]?.add(view.id);
  });
  const ids = await orderSome(url, ORDERS);
  await until(() => ended.every((seen) => seen.size >= ids.length), 30_000);
  for (const { response } of streams) response.destroy();
  return { delays, missed: ended.filter((seen) => ids.some((id) => !seen.has(id))).length };
}

/** Clips that the vendor refuses at once, one after the other. */
async function orderSome(url: string, count: number): Promise<string[]> {
  const assetId = await uploadPicture(url);
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push(await sendOrder(url, orderBody(assetId)));
    await new Promise((done) => setTimeout(done, 250));
  }
  return ids;
}

async function measureBare(): Promise<number[]> {
  const bare = await startScript("bare-stream-server.mjs", String(BARE_EVENTS), String(EVENT_BYTES));
  try {
    const delays: number[] = [];
    const streams = await openStreams(bare.url, STREAMS, (_index, data, arrivedAt) => {
      delays.push(arrivedAt - JSON.parse(data).at);
    });
    bare.say("go");
    await until(() => delays.length >= STREAMS * BARE_EVENTS, 60_000);
    for (const { response } of streams) response.destroy();
    return delays;
  } finally {
    bare.stop();
  }
}

async function until(holds: () => boolean, ms: number): Promise<void> {
  const endsAt = Date.now() + ms;
  while (!holds() && Date.now() < endsAt) await new Promise((done) => setTimeout(done, 20));
}
