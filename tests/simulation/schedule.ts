import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAppError } from "@/lib/domain/errors";
import { isTerminal } from "@/lib/domain/generation";
import { newId } from "@/lib/domain/ids";
import { advanceGeneration } from "@/lib/server/generations/advance-generation";
import { cancelGeneration } from "@/lib/server/generations/cancel-generation";
import { createGeneration } from "@/lib/server/generations/create-generation";
import { closeUnconfirmed } from "@/lib/server/generations/end-generation";
import type { Generation } from "@/lib/server/generations/generation";
import { LEASE_MS } from "@/lib/server/generations/lease-keeper";
import { leaseNext } from "@/lib/server/generations/lease-next";
import type { Workshop } from "@/lib/server/generations/workshop";
import { createAdversarialVendor } from "./adversarial-vendor";
import { Witness } from "./invariants";
import { createRandom } from "./random";
import { openSimulatedStudio } from "./simulated-studio";

const OWNERS = ["usr_a", "usr_b"];
const WORKERS = 2;
const HOUR_MS = 3_600_000;
const CLIPS_MAX = 5;
const CRASH_SHARE = 0.03;
/** A day for the vendor to remember, another for its file, and the outages between. */
const LONGEST_MS = 72 * HOUR_MS;

export type Outcome = { trace: string[]; states: string[]; crashes: number; troubles: number };

/**
 * Plays one schedule: a few people order, cancel and close clips while workers advance them, die anywhere and come
 * back, database and storage fail, the machine sleeps, and the vendor does its worst; then time goes on until nothing
 * is left to do. Throws, with the seed, where a promise of ours was broken.
 */
export async function runSchedule(seed: number): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "firstframe-simulation-"));
  try {
    return await play(seed, folder);
  } catch (error) {
    throw new Error(`Seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(seed: number, folder: string): Promise<Outcome> {
  const random = createRandom(seed);
  const capClips = random.integer(2, CLIPS_MAX);
  const studio = await openSimulatedStudio(folder, capClips, random);
  const { clock, trouble } = studio;
  const vendor = createAdversarialVendor(random, clock.now);
  const witness = new Witness(studio, vendor, capClips);
  const trace: string[] = [];
  let crashes = 0;

  let naps = 0;

  /** Answers null where our own database or storage failed, as they may here; anything else that is thrown is a mistake. */
  async function patiently<Value>(what: string, act: () => Promise<Value>): Promise<Value | null> {
    try {
      return await act();
    } catch (error) {
      if (!isOwnTrouble(error)) throw error;
      trace.push(`${clock.now()} ${what} failed`);
      return null;
    }
  }

  /** A process of its own: when it dies, whatever it was doing stops there and never goes on. */
  async function work(generation: Generation, holder: string, isAlone: boolean): Promise<void> {
    let die: () => void = () => {};
    const death = new Promise<"died">((resolve) => {
      die = () => resolve("died");
    });
    const crashPoint = async (place: string): Promise<void> => {
      clock.advance(random.integer(1, 40));
      for (let turns = random.integer(0, 3); turns > 0; turns -= 1) await Promise.resolve();
      if (isAlone && naps === 0 && random.chance(0.02)) {
        naps += 1;
        clock.advance(random.integer(HOUR_MS, 4 * HOUR_MS));
        trace.push(`${clock.now()} the machine slept ${place}`);
        await patiently("the sweep", () => studio.sweep(vendor));
      }
      if (!random.chance(CRASH_SHARE)) return;
      crashes += 1;
      trace.push(`${clock.now()} a worker died ${place} (${generation.state})`);
      die();
      await new Promise(() => {});
    };
    const workshop: Workshop = studio.workshopFor(vendor, crashPoint);
    const done = patiently(`a step from ${generation.state}`, async () => {
      await advanceGeneration(workshop, generation);
      await studio.generations.releaseLease(generation.id, holder);
    });
    await Promise.race([done, death]);
  }

  async function order(): Promise<void> {
    clock.advance(random.integer(1, 40));
    const ownerId = random.pick(OWNERS);
    const requestId = newId("req");
    const number = witness.ordered.size + 1;
    const prompt = `film ${number}`;
    const ask = () =>
      patiently("an order", () =>
        createGeneration(studio.desk(vendor), ownerId, studio.order(ownerId, requestId, prompt)),
      );
    try {
      for (let tries = 0; tries < 3; tries += 1) {
        // A double click, or a proxy that sends again; and whoever hears that it failed presses again.
        const views = await trouble.during(() => Promise.all(random.chance(0.3) ? [ask(), ask()] : [ask()]));
        if (views.some((view) => view !== null)) break;
        clock.advance(random.integer(500, 5_000));
      }
      trace.push(`${clock.now()} ordered ${prompt}`);
    } catch (error) {
      if (!isAppError(error) || error.code !== "over-cap") throw error;
      trace.push(`${clock.now()} over the cap`);
    }
    const id = await studio.takenAs(number, requestId);
    if (id) witness.ordered.set(id, ownerId);
  }

  async function person(): Promise<void> {
    if (witness.ordered.size === 0) return;
    const [id, ownerId] = random.pick([...witness.ordered]);
    const generation = await studio.read(id);
    const ask =
      generation.state === "unconfirmed" && random.chance(0.1)
        ? () => closeUnconfirmed(studio.desk(vendor), ownerId, id)
        : () => cancelGeneration(studio.desk(vendor), ownerId, id);
    try {
      await trouble.during(() => patiently("a wish", ask));
      trace.push(`${clock.now()} a person ended ${generation.parameters.prompt} (${generation.state})`);
    } catch (error) {
      if (!isAppError(error) || error.code !== "state-changed") throw error;
    }
  }

  await order();
  const endsAt = clock.now() + LONGEST_MS;
  let ordersLeft = CLIPS_MAX;
  for (;;) {
    if (ordersLeft > 0 && random.chance(0.3)) {
      ordersLeft -= 1;
      await order();
    }
    if (random.chance(0.05)) await person();
    if (random.chance(0.05)) vendor.startForeign();
    if (random.chance(0.02)) await trouble.during(() => patiently("the sweep", () => studio.sweep(vendor)));
    const leased: { generation: Generation; holder: string }[] = [];
    for (let worker = 0; worker < WORKERS; worker += 1) {
      const holder = newId("wrk");
      const resting = studio.workshopFor(vendor, async () => {});
      const generation = await trouble.during(() => patiently("a lease", () => leaseNext(resting, holder)));
      if (generation) leased.push({ generation, holder });
    }
    leased.sort((left, right) =>
      left.generation.parameters.prompt < right.generation.parameters.prompt ? -1 : 1,
    );
    // Files make no promises about order: a download has its process to itself, so that a seed stays a seed.
    const isAlone = leased.some(({ generation }) => generation.state === "saving");
    await trouble.during(async () => {
      if (isAlone) for (const { generation, holder } of leased) await work(generation, holder, true);
      else await Promise.all(leased.map(({ generation, holder }) => work(generation, holder, false)));
    });
    await witness.look();

    const rows = await studio.readAll([...witness.ordered.keys()]);
    for (const { state, version, parameters } of leased.map(({ generation }) => generation))
      trace.push(`${clock.now()} step of ${parameters.prompt} from ${state} v${version}`);
    const open = rows.filter(({ state, dueAt }) => !isTerminal(state) && dueAt !== null);
    if (open.length === 0 && ordersLeft === 0) break;
    if (open.length === 0) ordersLeft -= 1;
    if (clock.now() > endsAt)
      throw new Error(`still ${open.map(({ state }) => state).join(", ")} after days`);
    const isBusy = leased.length > 0 || ordersLeft > 0;
    const dueAt = Math.min(...open.map((row) => row.dueAt ?? Number.POSITIVE_INFINITY));
    // Nothing but a start that nobody can settle: a day of looks for it would tell nothing new.
    const isStuck = open.every(({ state }) => state === "unconfirmed");
    if (!isBusy && isStuck && random.chance(0.2)) clock.advance(2 * HOUR_MS);
    const waitMs = isBusy ? random.integer(100, 5_000) : Math.max(dueAt - clock.now(), LEASE_MS);
    // A machine that sleeps, or an operator who is away.
    clock.advance(
      random.chance(0.004) ? random.integer(HOUR_MS, 5 * HOUR_MS) : Math.min(waitMs, 15 * 60_000),
    );
  }
  await witness.judge();
  const rows = await studio.readAll([...witness.ordered.keys()]);
  await studio.close();
  return { trace, states: rows.map(({ state }) => state), crashes, troubles: trouble.count() };
}

function isOwnTrouble(error: unknown): boolean {
  return isAppError(error) && (error.code === "unavailable" || error.code === "storage-full");
}
