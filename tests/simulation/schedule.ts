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
import { takeOverTask } from "@/lib/server/generations/take-over-task";
import type { Workshop } from "@/lib/server/generations/workshop";
import { createAdversarialVendor } from "./adversarial-vendor";
import { nameOf, Witness } from "./invariants";
import { createRandom } from "./random";
import { openSimulatedStudio } from "./simulated-studio";

const OWNERS = ["usr_a", "usr_b"];
const WORKERS = 2;
const HOUR_MS = 3_600_000;
const CLIPS_MAX = 5;
const CRASH_SHARE = 0.03;
const STILL_SHARE = 0.01;
/** Longer than a lease, and shorter than it takes until a person may close a start without an answer. */
const STILL_MS_MAX = 170_000;
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
  /** Processes that lie still while their leases run out and others take their rows; then they go on as if nothing were. */
  const lyingStill: { wakesAt: number; wake: () => Promise<void> }[] = [];

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
    let leave: () => void = () => {};
    let left = untilLeft();
    /** Until it dies or lies still. */
    function untilLeft(): Promise<void> {
      return new Promise((resolve) => {
        leave = resolve;
      });
    }
    const heard: string[] = [];
    const crashPoint = async (place: string): Promise<void> => {
      clock.advance(random.integer(1, 40));
      for (let turns = random.integer(0, 3); turns > 0; turns -= 1) await Promise.resolve();
      if (isAlone && naps === 0 && random.chance(0.02)) {
        naps += 1;
        clock.advance(random.integer(HOUR_MS, 4 * HOUR_MS));
        trace.push(`${clock.now()} the machine slept ${place}`);
        await patiently("the sweep", () => studio.sweep(vendor));
      }
      if (!isAlone && random.chance(STILL_SHARE)) {
        trace.push(`${clock.now()} a worker lies still ${place} (${nameOf(generation)})`);
        const wakesAt = clock.now() + random.integer(LEASE_MS, STILL_MS_MAX);
        await new Promise<void>((goOn) => {
          function wake(): Promise<void> {
            trace.push(`${clock.now()} a worker goes on with ${nameOf(generation)}`);
            left = untilLeft();
            goOn();
            return Promise.race([done, left]);
          }
          lyingStill.push({ wakesAt, wake });
          leave();
        });
      }
      if (!random.chance(CRASH_SHARE)) return;
      crashes += 1;
      trace.push(`${clock.now()} a worker died ${place} (${nameOf(generation)})`);
      leave();
      await new Promise(() => {});
    };
    const workshop: Workshop = studio.workshopFor(vendor, crashPoint, (taskId) => heard.push(taskId));
    const done: Promise<void> = patiently(`a step of ${nameOf(generation)}`, async () => {
      await advanceGeneration(workshop, generation);
      for (const taskId of heard) witness.answered.add(taskId);
      await studio.generations.releaseLease(generation.id, holder);
    }).then(() => {});
    await Promise.race([done, left]);
  }

  /** They never lie still for so long that a person may have closed what they were about to write. */
  async function wakeThoseDue(): Promise<void> {
    for (const still of [...lyingStill]) {
      if (still.wakesAt > clock.now()) continue;
      lyingStill.splice(lyingStill.indexOf(still), 1);
      await trouble.during(() => still.wake());
    }
  }

  async function order(): Promise<void> {
    clock.advance(random.integer(1, 40));
    const ownerId = random.pick(OWNERS);
    const requestId = newId("req");
    const take = witness.ordered.size + 1;
    // A few words for many clips: takes of the same words are what directors order.
    const prompt = `film ${random.integer(1, 3)}`;
    const ask = () =>
      patiently("an order", () =>
        createGeneration(studio.desk(vendor), ownerId, studio.order(ownerId, requestId, { prompt, take })),
      );
    try {
      for (let tries = 0; tries < 3; tries += 1) {
        // A double click, or a proxy that sends again; and whoever hears that it failed presses again.
        const views = await trouble.during(() => Promise.all(random.chance(0.3) ? [ask(), ask()] : [ask()]));
        if (views.some((view) => view !== null)) break;
        clock.advance(random.integer(500, 5_000));
      }
      trace.push(`${clock.now()} ordered take ${take} of ${prompt}`);
    } catch (error) {
      if (!isAppError(error) || error.code !== "over-cap") throw error;
      trace.push(`${clock.now()} over the cap`);
    }
    const id = await studio.takenAs(take, requestId);
    if (id) witness.ordered.set(id, ownerId);
  }

  async function person(): Promise<void> {
    if (witness.ordered.size === 0) return;
    const [id, ownerId] = random.pick([...witness.ordered]);
    const generation = await studio.read(id);
    const desk = studio.desk(vendor);
    const candidates = generation.failure?.candidates ?? [];
    const wishes = {
      cancels: () => cancelGeneration(desk, ownerId, id),
      closes: () => closeUnconfirmed(desk, ownerId, id),
      "takes a task for": () => takeOverTask(desk, ownerId, { id, taskId: random.pick(candidates).taskId }),
    };
    const isUndecided = generation.state === "unconfirmed" && random.chance(0.3);
    const wish = !isUndecided ? "cancels" : candidates.length > 0 ? "takes a task for" : "closes";
    try {
      await trouble.during(() => patiently("a wish", wishes[wish]));
      trace.push(`${clock.now()} a person ${wish} ${nameOf(generation)} (${generation.state})`);
    } catch (error) {
      if (!isAppError(error) || error.code !== "state-changed") throw error;
    }
  }

  await order();
  const endsAt = clock.now() + LONGEST_MS;
  let ordersLeft = CLIPS_MAX;
  for (;;) {
    await wakeThoseDue();
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
      const resting = studio.workshopFor(vendor);
      const generation = await trouble.during(() => patiently("a lease", () => leaseNext(resting, holder)));
      if (generation) leased.push({ generation, holder });
    }
    leased.sort((left, right) => (left.generation.id < right.generation.id ? -1 : 1));
    // Files make no promises about order: a download has its process to itself, so that a seed stays a seed.
    const isAlone = leased.some(({ generation }) => generation.state === "saving");
    await trouble.during(async () => {
      if (isAlone) for (const { generation, holder } of leased) await work(generation, holder, true);
      else await Promise.all(leased.map(({ generation, holder }) => work(generation, holder, false)));
    });
    await witness.look();

    const rows = await studio.readAll([...witness.ordered.keys()]);
    for (const { generation } of leased)
      trace.push(
        `${clock.now()} step of ${nameOf(generation)} from ${generation.state} v${generation.version}`,
      );
    const open = rows.filter(({ state, dueAt }) => !isTerminal(state) && dueAt !== null);
    if (open.length === 0 && ordersLeft === 0 && lyingStill.length === 0) break;
    if (open.length === 0 && ordersLeft > 0) ordersLeft -= 1;
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
