import { Agent, get, type IncomingMessage } from "node:http";
import { atShare } from "./shares";
import { startScript } from "./start-script";

export const STREAMS = 1_000;
/** An event of the bare server comes as often, and weighs as much, as one of ours. */
const BARE_EVENTS = 120;
const EVENT_BYTES = 1_100;

export const TABLE_HEAD = [
  `| ${STREAMS} streams on this machine | events | p50 ms | p99 ms | worst ms | missed |`,
  "|---|---|---|---|---|---|",
];

export function rowOf(name: string, delays: readonly number[], missed: number): string {
  const events = Math.round(delays.length / STREAMS);
  const worst = delays.reduce((most, delay) => Math.max(most, delay), 0);
  return `| ${name} | ${events} | ${atShare(delays, 0.5)} | ${atShare(delays, 0.99)} | ${worst} | ${missed} |`;
}

type Stream = { response: IncomingMessage };

/** Opens streams and hands each one's data lines over as they come. */
export async function openStreams(
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

/** A bare Node server that writes the same bytes to as many streams: what this machine can do at all. */
export async function measureBare(): Promise<number[]> {
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

export async function until(holds: () => boolean, ms: number): Promise<void> {
  const endsAt = Date.now() + ms;
  while (!holds() && Date.now() < endsAt) await new Promise((done) => setTimeout(done, 20));
}
