import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import buildOnce from "../support/build-once";
import { startStudio } from "../support/studio-server";
import { orderBody, sendOrder, uploadPicture } from "./orders";
import { atShare } from "./shares";
import { startScript } from "./start-script";

const ORDERS = 600;
const AT_ONCE = 8;

/** From a press to a row on disk, eight at a time: the studio beside a bare server that writes one durable row. */
export async function benchSubmit(print: (line: string) => void): Promise<void> {
  buildOnce();
  const folder = await mkdtemp(join(tmpdir(), "firstframe-bench-"));
  const bare = await startScript("bare-order-server.mjs", join(folder, "bare.sqlite"));
  const studio = await startStudio({ env: { LOG_LEVEL: "error" } });
  try {
    const assetId = await uploadPicture(studio.url);
    print(`| ${ORDERS} orders, ${AT_ONCE} at once | a second | p50 ms | p99 ms |`);
    print("|---|---|---|---|");
    // Each once before it counts: what is slow only the first time is not what is measured.
    await measure(bare.url, assetId, 50);
    await measure(studio.url, assetId, 50);
    const floor = await measure(bare.url, assetId, ORDERS);
    const ours = await measure(studio.url, assetId, ORDERS);
    print(rowOf("a bare server with one durable insert, as a baseline", floor));
    print(rowOf("the studio", ours));
    print(
      `${(floor.perSecond / ours.perSecond).toFixed(1)} times the baseline's time an order, p99 ${(ours.p99Ms / floor.p99Ms).toFixed(1)} times.`,
    );
  } finally {
    bare.stop();
    await studio.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

type Measured = { perSecond: number; p50Ms: number; p99Ms: number };

async function measure(url: string, assetId: string, count: number): Promise<Measured> {
  const waits: number[] = [];
  let left = count;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left > 0) {
        left -= 1;
        const sentAt = performance.now();
        await sendOrder(url, orderBody(assetId));
        waits.push(performance.now() - sentAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  return { perSecond: count / seconds, p50Ms: atShare(waits, 0.5), p99Ms: atShare(waits, 0.99) };
}

function rowOf(name: string, { perSecond, p50Ms, p99Ms }: Measured): string {
  return `| ${name} | ${perSecond.toFixed(0)} | ${p50Ms.toFixed(1)} | ${p99Ms.toFixed(1)} |`;
}
