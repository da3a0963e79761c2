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
      demand(starts.length <= 1, `${row.parameters.prompt} was started ${starts.length} times`);
      if (!before) continue;
      demand(row.version >= before.version, `the version of ${row.parameters.prompt} went back`);
      demand(!isTerminal(before.state) || before.state === row.state, `${before.state} became ${row.state}`);
      demand(
        !before.remoteTask || JSON.stringify(before.remoteTask) === JSON.stringify(row.remoteTask),
        `${row.parameters.prompt} forgot its task`,
      );
    }
    const [cap] = await this.studio.spend.capsOf("usr_a");
    demand((cap?.usedMicro ?? 0) <= (cap?.capMicro ?? 0), `${cap?.usedMicro} is spent of ${cap?.capMicro}`);
  }

  /** What must hold once nothing is left to do. */
  async judge(): Promise<void> {
    const rows = await this.studio.readAll([...this.ordered.keys()]);
    for (const row of rows) await this.#judgeRow(row);
    const billed = [...this.vendor.tasks.values()].filter(
      ({ isForeign, outcome }) => !isForeign && outcome === "succeeded",
    );
    demand(
      billed.length <= this.capClips,
      `${billed.length} clips were billed, and the cap allows ${this.capClips}`,
    );
    const taken = rows.flatMap(({ remoteTask }) => (remoteTask as { taskId: string } | null)?.taskId ?? []);
    demand(new Set(taken).size === taken.length, "two rows have the same task");
  }

  async #judgeRow(row: Generation): Promise<void> {
    const { prompt } = row.parameters;
    demand(
      isTerminal(row.state) || (row.state === "unconfirmed" && row.dueAt === null),
      `${prompt} is left ${row.state}`,
    );
    const [task] = this.#tasksOf(row);
    if (!task) {
      demand(row.videoAssetId === null, `${prompt} has a clip that nobody made`);
      return;
    }
    const wasGivenUp = row.state === "unconfirmed" || row.failure?.kind === "closed-unconfirmed";
    demand(!wasGivenUp || !this.vendor.answered.has(task.id) || row.remoteTask === null, `${prompt} is lost`);
    if (wasGivenUp) return;
    demand((row.remoteTask as { taskId: string } | null)?.taskId === task.id, `${prompt} has another's task`);
    if (task.outcome !== "succeeded") return;
    demand(row.videoAssetId !== null, `${prompt} was billed and has no clip: ${row.state}`);
    const video = await this.studio.assets.find(row.ownerId, row.videoAssetId ?? "");
    const sha256 = createHash("sha256").update(filmOf(task.id)).digest("hex");
    demand(video?.sha256 === sha256, `${prompt} has another's film`);
    const poster = await this.studio.assets.find(row.ownerId, row.posterAssetId ?? "");
    const keys = [video?.blobKey, video?.previewKey, poster?.blobKey, poster?.previewKey];
    for (const key of keys)
      demand(this.studio.blobs.has(key ?? ""), `${prompt} is called done, and its files are gone`);
    demand(row.price?.amountMicro === PRICE.amountMicro, `${prompt} changed its price`);
  }

  #tasksOf(row: Generation): SimulatedTask[] {
    return [...this.vendor.tasks.values()].filter(
      ({ prompt, isForeign }) => !isForeign && prompt === row.parameters.prompt,
    );
  }
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
