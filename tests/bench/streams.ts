import buildOnce from "../support/build-once";
import { startStudio } from "../support/studio-server";
import { measureBare, openStreams, rowOf, STREAMS, TABLE_HEAD, until } from "./event-streams";
import { memoryOf } from "./memory";
import { orderBody, sendOrder, uploadPicture } from "./orders";
import { atShare } from "./shares";

const SLOW_STREAMS = 50;
const ORDERS = 40;

/**
 * From our database to every open page: the time between a row's own instant, taken before it is written, and its
 * arrival at each of a thousand streams. Beside it a bare Node server that writes the same bytes to as many streams,
 * which is what this machine can do at all; and what fifty readers who never read cost the server.
 */
export async function benchStreams(print: (line: string) => void): Promise<void> {
  buildOnce();
  const bare = await measureBare();
  for (const line of TABLE_HEAD) print(line);
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
