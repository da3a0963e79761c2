import type { SlotName } from "@/lib/domain/models/model";

/** Keeps a file that is still on its way, so that a crash in the middle of an upload does not lose it. */
export type PendingFiles = {
  keep(slot: SlotName, file: File): Promise<void>;
  forget(slot: SlotName): Promise<void>;
  /** What was on its way when the page was last closed. */
  all(): Promise<{ slot: SlotName; file: File }[]>;
};

const STORE = "pending-files";

export function openPendingFiles(viewerKey: string): PendingFiles {
  const keyOf = (slot: SlotName) => `${viewerKey}/${slot}`;
  return {
    async keep(slot, file) {
      await run("readwrite", (store) => store.put({ slot, file }, keyOf(slot)));
    },
    async forget(slot) {
      await run("readwrite", (store) => store.delete(keyOf(slot)));
    },
    async all() {
      const mine = () => IDBKeyRange.bound(`${viewerKey}/`, `${viewerKey}/\uffff`);
      return (await run("readonly", (store) => store.getAll(mine()))) ?? [];
    },
  };
}

// A browser without room, or in a private window that keeps nothing, costs only this safety net.
async function run<Value>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<Value>,
): Promise<Value | null> {
  try {
    const database = await settled(openDatabase());
    const answer = await settled(ask(database.transaction(STORE, mode).objectStore(STORE)));
    database.close();
    return answer;
  } catch {
    return null;
  }
}

function openDatabase(): IDBOpenDBRequest {
  const request = indexedDB.open("firstframe", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return request;
}

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's database gave no answer"));
  });
}
