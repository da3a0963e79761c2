import { inTurn, placeInLine } from "@/lib/domain/fair-turns";
import { findModel } from "@/lib/domain/models/catalogue";
import { siteAt } from "@/lib/domain/models/offer";
import type { Clock } from "../clock";
import type { DatabaseTransaction } from "../db/database";
import type { RateGates } from "../limits/rate-gate-repository";
import type { Connections } from "../providers/registry";
import type { Generation } from "./generation";
import type { Lease } from "./lease-repository";
import type { StartGroup, StartQueueRepository, Waited, WaitingOwner } from "./start-queue-repository";

export type StartQueue = ReturnType<typeof createStartQueue>;

type Limits = StartGroup & { key: string; submitsPerSecond: number; runningMax: number };

/** Where a vendor publishes no limits: at a pace that offends nobody, and its 429 holds all of them back. */
const UNPUBLISHED = { submitsPerSecond: 1, runningMax: Number.POSITIVE_INFINITY };

/** The vendor has no place for one more now; the row waits on. */
export class NoPlace extends Error {}

/**
 * Which waiting clip is sent next, and when. What can go wrong: more go out than the account may run, so the vendor
 * refuses or lets paid starts pile up; or one person's hundred clips keep everybody else waiting. So places are
 * counted over all our processes, each person gets a turn, and a card shows its place in line.
 */
export function createStartQueue(options: {
  repository: StartQueueRepository;
  gates: RateGates;
  connections: Connections;
  clock: Clock;
}) {
  const { repository, gates, connections, clock } = options;

  /** What the account may do with the model; null where there is no such connection or model any more. */
  function limitsOf({ connection: named, modelId }: Waited): Limits | null {
    const connection = connections.find(named);
    const model = findModel(modelId);
    const site = connection && model && siteAt(model, connection.view.place);
    if (!site) return null;
    const limits = site.limits ?? UNPUBLISHED;
    const { accountId } = connection;
    // Its own among them, even where that is another connection's by now.
    const connectionIds = [...new Set([...connections.ofAccount(accountId), named.id])].toSorted();
    return { modelId, connectionIds, key: `start ${accountId} ${modelId}`, ...limits };
  }

  function groupOf(waited: Waited): StartGroup {
    return limitsOf(waited) ?? { modelId: waited.modelId, connectionIds: [waited.connection.id] };
  }

  async function hasPlace(limits: Limits, now: number): Promise<boolean> {
    if ((await gates.waitMs(limits.key, now)) > 0) return false;
    const taken = await repository.countBusy(limits, now);
    return (
      taken < limits.runningMax && taken + (await repository.countPreparing(limits, now)) < limits.runningMax
    );
  }

  return {
    /**
     * Takes a lease on the row whose turn it is, where its vendor has a place for it: turns are told over all accounts
     * and models that have one, so that no line at one of them keeps another's waiting. Null where nothing can go.
     */
    async leaseNext(lease: Lease): Promise<Generation | null> {
      const now = clock.now();
      const waiters: (WaitingOwner & { group: StartGroup })[] = [];
      const seen = new Set<string>();
      for (const waited of await repository.listWaitingPairs(now)) {
        const limits = limitsOf(waited);
        const group = groupOf(waited);
        const name = `${group.modelId} ${group.connectionIds.join(" ")}`;
        if (seen.has(name)) continue;
        seen.add(name);
        if (limits && !(await hasPlace(limits, now))) continue;
        for (const owner of await repository.listWaitingOwners(group, now)) waiters.push({ ...owner, group });
      }
      for (const { group, ownerId } of inTurn(waiters)) {
        const leased = await repository.leaseOldest(group, ownerId, lease, now);
        if (leased) return leased;
      }
      return null;
    },

    /**
     * Takes the place and the turn that a start needs, in the transaction that writes its intent; throws NoPlace where
     * another process was quicker.
     */
    async takePlace(transaction: DatabaseTransaction, generation: Generation): Promise<void> {
      const limits = limitsOf(generation);
      if (!limits) return;
      const now = clock.now();
      await repository.lock(transaction, limits.key);
      if ((await repository.countBusy(limits, now, transaction)) >= limits.runningMax) throw new NoPlace();
      const intervalMs = 1000 / limits.submitsPerSecond;
      if (!(await gates.take(limits.key, intervalMs, now, transaction))) throw new NoPlace();
    },

    /** The vendor said to wait: nothing more of that account and model goes out until then, epoch ms. */
    async holdBack(generation: Generation, until: number): Promise<void> {
      const limits = limitsOf(generation);
      if (limits) await gates.hold(limits.key, until);
    },

    /** The owner's waiting rows with their place in line, 1 is next. */
    async placesOf(ownerId: string): Promise<Record<string, number>> {
      const now = clock.now();
      const places: Record<string, number> = {};
      const counts = new Map<string, number>();
      const owners = new Map<string, Awaited<ReturnType<StartQueueRepository["listWaitingOwners"]>>>();
      for (const { id, ...waited } of await repository.listWaiting(ownerId)) {
        const group = groupOf(waited);
        const name = `${group.modelId} ${group.connectionIds.join(" ")}`;
        const waiters = owners.get(name) ?? (await repository.listWaitingOwners(group, now));
        owners.set(name, waiters);
        const nth = (counts.get(name) ?? 0) + 1;
        counts.set(name, nth);
        places[id] = placeInLine(waiters, ownerId, nth);
      }
      return places;
    },
  };
}
