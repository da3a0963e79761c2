/** Wakes whoever waits for changes. It carries no data: what changed is read from the database. */
export type GenerationBus = {
  changed(generation: { id: string; ownerId: string }): void;
  /** Calls `listener` with the id of each changed generation of the owner's, until the returned function is called. */
  onChange(ownerId: string, listener: (generationId: string) => void): () => void;
  /** Calls `listener` on every change, whoever's it is. */
  onAnyChange(listener: () => void): () => void;
};

export function createGenerationBus(): GenerationBus {
  const byOwner = new Map<string, Set<(generationId: string) => void>>();
  const anyone = new Set<() => void>();
  return {
    changed({ id, ownerId }) {
      for (const listener of byOwner.get(ownerId) ?? []) listener(id);
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
