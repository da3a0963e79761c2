/** What a listener hears: the changed generation's id, or null where there may be changes that nobody named. */
export type Change = string | null;

/** Wakes whoever waits for changes. It carries no data: what changed is read from the database. */
export type GenerationBus = {
  changed(generation: { id: string; ownerId: string }): void;
  /** Something was not heard: everybody looks for themselves. */
  missed(): void;
  /** Calls `listener` on each change of the owner's, until the returned function is called. */
  onChange(ownerId: string, listener: (change: Change) => void): () => void;
  /** Calls `listener` on every change, whoever's it is. */
  onAnyChange(listener: () => void): () => void;
};

/** The bus of one process. */
export function createGenerationBus(): GenerationBus {
  const byOwner = new Map<string, Set<(change: Change) => void>>();
  const anyone = new Set<() => void>();
  return {
    changed({ id, ownerId }) {
      for (const listener of byOwner.get(ownerId) ?? []) listener(id);
      for (const listener of anyone) listener();
    },
    missed() {
      for (const listeners of byOwner.values()) for (const listener of listeners) listener(null);
      for (const listener of anyone) listener();
    },
    onChange(ownerId, listener) {
      const listeners = byOwner.get(ownerId) ?? new Set();
      byOwner.set(ownerId, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) byOwner.delete(ownerId);
      };
    },
    onAnyChange(listener) {
      anyone.add(listener);
      return () => anyone.delete(listener);
    },
  };
}
