import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { GenerationView } from "@/lib/domain/generation";
import { isTerminal } from "@/lib/domain/generation";
import { statusOf } from "@/lib/emulator/task";
import type { MediaProcess } from "@/lib/server/media/media-process";
import { jpegPicture } from "../support/pictures";
import type { S3Server } from "../support/test-storage";
import { ofPrompt, readEmulatorBooks } from "./emulator-books";
import { countEvents } from "./event-counts";
import { install } from "./installation";
import { createMoments } from "./moments";
import { EMBEDDED, type Kill, type Order, type Plan, planSchedule, SCALED } from "./plan";
import { createVisitor } from "./studio-visitor";

/** A promise that did not hold, with the seed whose plan was played. */
export type Breach = { seed: number; kind: "lost" | "doubled" | "undecided" | "other"; words: string };

export type Played = {
  kill: Kill;
  /** The moment came by itself; otherwise the kill came when all was done. */
  cameByItself: boolean;
};

export type LifeReport = {
  schedules: number;
  kills: Played[];
  /** Orders sent, and how many were known to have been taken. */
  orders: { sent: number; answered: number };
  /** By the emulator's own books. */
  tasks: number;
  clips: number;
  unconfirmed: { everBeen: number; found: number; left: number };
  breaches: Breach[];
  /** What the server printed, told when a promise broke. */
  output: string;
};

/** So long may pass in which no row moves: a starved machine is slow, and no promise is broken by that. */
const STILL_MS_MAX = 240_000;
const LOOK_EVERY_MS = 300;
const CLIP_SECONDS = 2;

type Standing = { order: Order; id: string | null };

/** Plays schedules one after the other over one data folder; each ends only when every row of it has. */
export async function playLife(
  seeds: readonly number[],
  { media, s3 }: { media: MediaProcess; s3: S3Server | null },
): Promise<LifeReport> {
  const moments = createMoments();
  const installation = await install(seeds.length, moments.saw, s3);
  const { studio, vendorDir } = installation;
  const visitor = createVisitor({
    url: studio.url,
    picture: await jpegPicture(640, 480),
    onOrder: () => moments.saw("order"),
  });
  const kills: Played[] = [];
  const breaches: Breach[] = [];
  const standings: Standing[] = [];
  let lastRestartAt = Date.now();

  async function carryOut(plan: Plan): Promise<void> {
    for (const kill of plan.kills) {
      const cameByItself = await moments.wait(kill.moment, kill.nth);
      await pause(kill.delayMs);
      await installation.kill(kill.target);
      await pause(kill.downMs);
      await installation.restart(kill.target);
      lastRestartAt = Date.now();
      kills.push({ kill, cameByItself });
      moments.countAnew();
    }
  }

  /** Every row of these has ended, or says truly that nobody can know more; throws when nothing moves any more. */
  async function untilSettled(wanted: readonly Standing[]): Promise<void> {
    let stillSince = performance.now();
    let before = "";
    for (;;) {
      const open = await openRows(wanted).catch((error: unknown) => [String(error)]);
      if (open.length === 0) return;
      if (open.join() !== before) stillSince = performance.now();
      before = open.join();
      if (performance.now() - stillSince > STILL_MS_MAX) throw new Error(`Not settled: ${open.join("; ")}`);
      await pause(LOOK_EVERY_MS);
    }
  }

  async function openRows(wanted: readonly Standing[]): Promise<string[]> {
    const [gallery, books] = [await visitor.gallery(), await readEmulatorBooks(vendorDir)];
    return wanted.flatMap(({ order }) =>
      rowsOf(gallery, order)
        .filter((row) => !isTerminal(row.state))
        .filter((row) => !isHonestlyUnconfirmed(row, ofPrompt(books, order.prompt).length))
        .map((row) => `${row.id} is ${row.state} (${row.failure?.explanation ?? row.remoteWord})`),
    );
  }

  /** The vendor has been asked since all is up again, and really has nothing. */
  function isHonestlyUnconfirmed(row: GenerationView, taskCount: number): boolean {
    return (
      row.state === "unconfirmed" &&
      taskCount === 0 &&
      (row.lastCheckedAt ?? 0) > lastRestartAt &&
      row.failure?.charged === "unknown" &&
      row.failure.explanation.includes("list of tasks does not show it")
    );
  }

  async function judge(seed: number, wanted: readonly Standing[]): Promise<void> {
    const breach = (kind: Breach["kind"], words: string) => breaches.push({ seed, kind, words });
    const [gallery, books] = [await visitor.gallery(), await readEmulatorBooks(vendorDir)];
    for (const { order, id } of wanted) {
      const rows = rowsOf(gallery, order);
      const tasks = ofPrompt(books, order.prompt);
      if (rows.length > 1) breach("doubled", `“${order.prompt}” has ${rows.length} rows`);
      if (tasks.length > 1) breach("doubled", `“${order.prompt}” was started ${tasks.length} times`);
      if (id !== null && rows[0]?.id !== id) breach("lost", `the order ${id} was taken and has no row`);
      for (const task of tasks) {
        if (statusOf(task, Date.now()) !== "SUCCEEDED") breach("undecided", `task ${task.id} never ended`);
        const clip = rows.length === 1 ? rows[0]?.clip : null;
        if (!clip) breach("lost", `task ${task.id} has its film, and ${wordsOf(rows)}`);
        else await checkClip(clip).catch((error) => breach("lost", `${rows[0]?.id}: ${error}`));
      }
      for (const row of rows) {
        if (row.state === "failed") breach("other", `${row.id} failed: ${JSON.stringify(row.failure)}`);
        if (row.state === "succeeded" && tasks.length === 0)
          breach("other", `${row.id} has a film of nobody`);
      }
    }
  }

  async function checkClip({ assetId, sizeBytes }: NonNullable<GenerationView["clip"]>): Promise<void> {
    const bytes = await visitor.clip(assetId);
    if (bytes.length !== sizeBytes) throw new Error(`the clip has ${bytes.length} of ${sizeBytes} bytes`);
    const path = join(vendorDir, `${assetId}.mp4`);
    await writeFile(path, bytes);
    const { durationSeconds } = await media.run("probe-video", { path });
    if (Math.abs(durationSeconds - CLIP_SECONDS) > 0.1)
      throw new Error(`the clip plays for ${durationSeconds} s`);
  }

  async function playSchedule(plan: Plan, accountId: string): Promise<void> {
    moments.beginAgain();
    const killing = carryOut(plan);
    // Whoever waits for what will not come up again is let go.
    killing.catch(() => moments.release());
    const mine: Standing[] = plan.orders.map((order) => ({ order, id: null }));
    standings.push(...mine);
    try {
      await Promise.all(
        mine.map(async (one) => {
          one.id = await visitor.order(one.order, accountId);
        }),
      );
      await untilSettled(mine);
    } finally {
      moments.release();
      await killing;
    }
    try {
      await untilSettled(mine);
    } finally {
      // What is not settled is counted all the same.
      await judge(plan.seed, mine);
    }
  }

  let schedules = 0;
  try {
    for (const [index, seed] of seeds.entries()) {
      schedules += 1;
      try {
        await playSchedule(
          planSchedule(seed, s3 ? SCALED : EMBEDDED),
          installation.connectionIds[index] ?? "",
        );
      } catch (error) {
        // What comes after on such a folder proves nothing.
        breaches.push({ seed, kind: "undecided", words: String(error) });
        break;
      }
    }
    const gallery = await visitor.gallery().catch(() => []);
    const clips = gallery.filter(({ clip }) => clip);
    await studio.kill("SIGTERM");
    const events = await countEvents(installation.place);
    return {
      schedules,
      kills,
      orders: { sent: standings.length, answered: standings.filter(({ id }) => id !== null).length },
      tasks: (await readEmulatorBooks(vendorDir)).length,
      clips: clips.length,
      unconfirmed: {
        everBeen: events["fate-unknown"] ?? 0,
        found: events.found ?? 0,
        left: gallery.filter(({ state }) => state === "unconfirmed").length,
      },
      breaches,
      output: breaches.length > 0 ? studio.output() : "",
    };
  } finally {
    await installation.remove();
  }
}

function rowsOf(gallery: readonly GenerationView[], { prompt }: Order): GenerationView[] {
  return gallery.filter(({ parameters }) => parameters.prompt === prompt);
}

function wordsOf(rows: readonly GenerationView[]): string {
  return rows.map(({ id, state }) => `${id} is ${state}`).join(" and ") || "no row knows it";
}
