import { rm } from "node:fs/promises";
import { isTerminal } from "@/lib/domain/generation";
import type { Workshop } from "./workshop";

/**
 * Removes downloads, whole or begun, whose generation has ended: given up, stored by another process, or stored by one that
 * died before it could clear up. Answers how many files went.
 */
export async function sweepSpool({
  incoming,
  generations,
}: Pick<Workshop, "incoming" | "generations">): Promise<number> {
  let removed = 0;
  for (const name of await incoming.listNames()) {
    const generation = await generations.find(name.split(".")[0] ?? "");
    if (generation && !isTerminal(generation.state)) continue;
    await rm(incoming.pathFor(name), { force: true });
    removed += 1;
  }
  return removed;
}
