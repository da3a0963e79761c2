import buildOnce from "../support/build-once";
import { startPostgres } from "../support/start-postgres";
import { startStudio } from "../support/studio-server";
import { measureBare, openStreams, rowOf, STREAMS, TABLE_HEAD, until } from "./event-streams";
import { atShare } from "./shares";
import { startScript } from "./start-script";

/** Two events each. */
const ROWS = 60;

type Committed = { id: string; version: number; at: number };
type Arrival = { stream: number; id: string; version: number; at: number };

/**
 * From a commit in one process to every open page at another, over LISTEN and NOTIFY of a real PostgreSQL, beside the
 * bare server of the same run. That PostgreSQL does not wait for its disk, and what comes before a commit is not
 * measured.
 */
export async function benchStreamsOnPostgres(print: (line: string) => void): Promise<void> {
  buildOnce();
  const bare = await measureBare();
  for (const line of TABLE_HEAD) print(line);
  print(rowOf("a bare server, as a baseline", bare, 0));
  const postgres = await startPostgres();
  try {
    const { delays, missed } = await measureAcross(postgres.url);
    print(rowOf("written by another process, over PostgreSQL", delays, missed));
    print(`p99 is ${(atShare(delays, 0.99) / atShare(bare, 0.99)).toFixed(2)} times the baseline's.`);
  } finally {
    await postgres.stop();
  }
}

async function measureAcross(databaseUrl: string): Promise<{ delays: number[]; missed: number }> {
  const web = await startStudio({
    env: {
      DATABASE_URL: databaseUrl,
      AUTH_SECRET: "0123456789abcdef0123456789abcdef",
      // Nothing is sent: no row waits for anybody.
      DASHSCOPE_API_KEY: "sk-bench",
      DASHSCOPE_BASE_URL: "http://127.0.0.1:9/api/v1",
      LOG_LEVEL: "error",
    },
  });
  try {
    const writer = await startScript("postgres-writer.ts", databaseUrl, String(ROWS));
    try {
      return await measureWriter(web.url, writer);
    } finally {
      writer.stop();
    }
  } finally {
    await web.remove();
  }
}

async function measureWriter(
  url: string,
  writer: Awaited<ReturnType<typeof startScript>>,
): Promise<{ delays: number[]; missed: number }> {
  const commits: Committed[] = [];
  const arrivals: Arrival[] = [];
  const ended = Array.from({ length: STREAMS }, () => new Set<string>());
  let isDone = false;
  writer.onLine((line) => {
    if (line === "done") isDone = true;
    else commits.push(JSON.parse(line));
  });
  const streams = await openStreams(url, STREAMS, (stream, data, at) => {
    const { id, version, state } = JSON.parse(data);
    arrivals.push({ stream, id, version, at });
    if (state === "failed") ended[stream]?.add(id);
  });
  writer.say("go");
  await until(() => isDone, 120_000);
  await until(() => ended.every((seen) => seen.size >= ROWS), 30_000);
  for (const { response } of streams) response.destroy();

  const committedAt = new Map(commits.map(({ id, version, at }) => [`${id} ${version}`, at]));
  const counted = new Set<string>();
  const delays = arrivals.flatMap(({ stream, id, version, at }) => {
    const since = committedAt.get(`${id} ${version}`);
    const name = `${stream} ${id} ${version}`;
    // A page may be told the same state twice; the first time counts.
    if (since === undefined || counted.has(name)) return [];
    counted.add(name);
    // The writer reads the clock just after its commit: a page may have been a blink quicker.
    return [Math.max(0, at - since)];
  });
  const ids = new Set(commits.map(({ id }) => id));
  if (ids.size !== ROWS) throw new Error(`The writer wrote ${ids.size} of ${ROWS} rows`);
  return { delays, missed: ended.filter((seen) => [...ids].some((id) => !seen.has(id))).length };
}
