import { newLife } from "@/lib/domain/generation-state";
import { newId } from "@/lib/domain/ids";
import type { Generation } from "@/lib/server/generations/generation";
import type { GenerationRepository } from "@/lib/server/generations/generation-repository";

export const AT = Date.parse("2026-11-21T10:00:00Z");
export const OWNER = "usr_a";

/** A queued row with nothing unusual about it. */
export function someGeneration(change: Partial<Generation> = {}): Generation {
  return {
    id: newId("gen"),
    ownerId: OWNER,
    requestId: newId("req"),
    connection: { id: "dashscope:ap-southeast-1", label: "Singapore", isDemo: false },
    modelId: "wan2.7-i2v",
    modelLabel: "Wan 2.7",
    mode: "animate",
    media: {},
    parameters: { prompt: "A boat", resolution: "720P", durationSeconds: 5 },
    predictedSize: { width: 1280, height: 720 },
    price: { amountMicro: 500_000, currency: "USD" },
    spendDay: "2026-11-21",
    retryOf: null,
    isDismissed: false,
    createdAt: AT,
    updatedAt: AT,
    ...newLife(AT),
    ...change,
  };
}

/** Writes such a row where nothing is capped. */
export function insertSome(generations: GenerationRepository, change: Partial<Generation> = {}) {
  return generations.insert(someGeneration(change), {
    beforeOrder: async () => {},
    afterOrder: async () => {},
  });
}
