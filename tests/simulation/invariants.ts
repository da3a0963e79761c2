import { createHash } from "node:crypto";
import { isTerminal } from "@/lib/domain/generation";
import type { Generation } from "@/lib/server/generations/generation";
import { type createAdversarialVendor, filmOf, type SimulatedTask } from "./adversarial-vendor";
import { PRICE, type SimulatedStudio } from "./simulated-studio";

type Vendor = ReturnType<typeof createAdversarialVendor>;

/** Watches a schedule and knows what was promised. */
export class Witness {
  /** Every order that was taken, with its owner. */
  readonly ordered = new Map<string, string>();
  /** Tasks whose id reached a process of ours that went on living. */
  readonly answered = new Set<string>();
  readonly #seen = new Map<string, Generation>();

  constructor(
    private readonly studio: SimulatedStudio,
    private readonly vendor: Vendor,
    private readonly capClips: number,
  ) {}

  /** What must hold at any moment. */
  async look(): Promise<void> {
    for (const row of await this.studio.readAll([...this.ordered.keys()])) {
      const before = this.#seen.get(row.id);
      this.#seen.set(row.id, row);
      const starts = this.#tasksOf(row);
      demand(starts.length <= 1, `${nameOf(row)} was started ${starts.length} times`);
      if (!before) continue;
      demand(row.version >= before.version, `the version of ${nameOf(row)} went back`);
      demand(!isTerminal(before.state) || before.state === row.state, `${before.state} became ${row.state}`);
      demand(
        !before.remoteTask || JSON.stringify(before.remoteTask) === JSON.stringify(row.remoteTask),
        `${nameOf(row)} forgot its task`,
      );
    }
    const [cap] = await this.studio.spend.capsOf("usr_a");
    demand((cap?.usedMicro ?? 0) <= (cap?.capMicro ?? 0), `${cap?.usedMicro} is spent of ${cap?.capMicro}`);
  }

  /** What must hold once nothing is left to do. */
  async judge(): Promise<void> {
    const rows = await this.studio.readAll([...this.ordered.keys()]);
    for (const row of rows) this.#judgeRow(row);
    const billed = [...this.vendor.tasks.values()].filter(
      ({ take, outcome }) => take !== null && outcome === "succeeded",
    );
    demand(
      billed.length <= this.capClips,
      `${billed.length} clips were billed, and the cap allows ${this.capClips}`,
    );
    const holders = new Map(rows.flatMap((row) => (row.remoteTask ? [[taskIdOf(row), row]] : [])));
    demand(
      holders.size === rows.filter(({ remoteTask }) => remoteTask).length,
      "two rows have the same task",
    );
    for (const task of this.vendor.tasks.values()) {
      const holder = holders.get(task.id);
      // One that ended without a film and tells no words may be a stranger's: it cost nothing, and ours was never made, or
      // its person took it for its twin.
      const isNoFilm =
        task.outcome !== "succeeded" && holder && this.#tasksOf(holder).every(({ id }) => holders.has(id));
      if (holder) demand(isNoFilm || isSameFilm(task, holder), `${nameOf(holder)} has another's task`);
      else demand(!this.answered.has(task.id), `${task.id} was forgotten`);
      if (holder && task.outcome === "succeeded") await this.#judgeClip(holder, task);
      // Where two takes of the same words lost their answers, their person may have taken the one for the other.
      const isLeft = rows.some((row) => isSameFilm(task, row) && isGivenUp(row));
      demand(
        holder !== undefined || task.take === null || task.outcome !== "succeeded" || isLeft,
        `${task.id} was billed, and no row has it or admits that it may be missing`,
      );
    }
  }

  #judgeRow(row: Generation): void {
    demand(
      isTerminal(row.state) || (row.state === "unconfirmed" && row.dueAt === null),
      `${nameOf(row)} is left ${row.state}`,
    );
    demand(
      row.videoAssetId === null || row.remoteTask !== null,
      `${nameOf(row)} has a clip that nobody made`,
    );
    demand(row.price?.amountMicro === PRICE.amountMicro, `${nameOf(row)} changed its price`);
  }

  async #judgeClip(row: Generation, task: SimulatedTask): Promise<void> {
    demand(row.videoAssetId !== null, `${nameOf(row)} was billed and has no clip: ${row.state}`);
    const video = await this.studio.assets.find(row.ownerId, row.videoAssetId ?? "");
    const sha256 = createHash("sha256").update(filmOf(task.id)).digest("hex");
    demand(video?.sha256 === sha256, `${nameOf(row)} has another's film`);
    const poster = await this.studio.assets.find(row.ownerId, row.posterAssetId ?? "");
    const keys = [video?.blobKey, video?.previewKey, poster?.blobKey, poster?.previewKey];
    for (const key of keys)
      demand(this.studio.blobs.has(key ?? ""), `${nameOf(row)} is called done, and its files are gone`);
  }

  #tasksOf(row: Generation): SimulatedTask[] {
    return [...this.vendor.tasks.values()].filter(({ take }) => take === row.parameters.seed);
  }
}

/** What a trace calls a row: several may be ordered with the same words. */
export function nameOf({ parameters: { prompt, seed } }: Generation): string {
  return `take ${seed} of ${prompt}`;
}

function taskIdOf(row: Generation): string {
  return (row.remoteTask as { taskId: string }).taskId;
}

function isSameFilm(task: SimulatedTask, row: Generation): boolean {
  return task.take !== null && task.prompt === row.parameters.prompt;
}

function isGivenUp({ state, failure }: Generation): boolean {
  return state === "unconfirmed" || failure?.kind === "closed-unconfirmed";
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
