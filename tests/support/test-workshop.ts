import { Readable } from "node:stream";
import { newId } from "@/lib/domain/ids";
import type { GenerationEnvelope } from "@/lib/domain/models/generation-input";
import { storeUpload } from "@/lib/server/assets/store-upload";
import type { ConnectionEnv } from "@/lib/server/env-connections";
import { advanceGeneration } from "@/lib/server/generations/advance-generation";
import { createGeneration } from "@/lib/server/generations/create-generation";
import type { Generation } from "@/lib/server/generations/generation";
import { leaseNext } from "@/lib/server/generations/lease-next";
import { createStartQueue } from "@/lib/server/generations/start-queue";
import type { Workshop } from "@/lib/server/generations/workshop";
import { createQueryTurns } from "@/lib/server/limits/query-turns";
import type { Fetch } from "@/lib/server/providers/http";
import { createConnections } from "@/lib/server/providers/registry";
import { jpegPicture } from "./pictures";
import type { TestStudio } from "./test-studio";

export const TEST_KEY = "sk-test-0123456789";
export const OWNER = "usr_a";

const SINGAPORE: ConnectionEnv = {
  vendor: "dashscope",
  name: null,
  apiKey: TEST_KEY,
  region: "ap-southeast-1",
  workspaceId: null,
  baseUrl: null,
};

/** A studio with connections, one to Singapore by default, whose network is `fetch`. Steps run when the test says so. */
export function openWorkshop(studio: TestStudio, fetch: Fetch, ...connected: ConnectionEnv[]) {
  const connections = createConnections({
    connections: connected.length > 0 ? connected : [SINGAPORE],
    fetch,
    emulatorFetch: () => Promise.reject(new Error("The demo is not part of this test")),
    now: studio.clock.now,
    pace: createQueryTurns({ ...studio.starts, clock: studio.clock }),
  });
  const stopping = new AbortController();
  const startQueue = createStartQueue({ ...studio.starts, connections, clock: studio.clock });
  const lastCall = new AbortController();
  const workshop: Workshop & TestStudio = {
    ...studio,
    connections,
    startQueue,
    stopping: stopping.signal,
    lastCall: lastCall.signal,
  };
  const holder = newId("wrk");

  async function lease(): Promise<Generation | null> {
    return leaseNext(workshop, holder);
  }

  async function step(generation: Generation | null): Promise<void> {
    if (!generation) throw new Error("Nothing is due");
    await advanceGeneration(workshop, generation);
    await studio.generations.releaseLease(generation.id, holder);
  }

  return {
    workshop,
    lease,
    /** One step of a leased row. */
    step,
    /** The server is told to stop: calls that may be cut short are. */
    stop: () => stopping.abort(),
    /** It has waited long enough for the answers to paid starts. */
    callLast: () => lastCall.abort(),

    /** Does every step that is due now; answers how many there were. */
    async advanceDue(stepsMax = 20): Promise<number> {
      for (let steps = 0; steps < stepsMax; steps += 1) {
        const generation = await lease();
        if (!generation) return steps;
        await step(generation);
      }
      throw new Error(`Still due after ${stepsMax} steps`);
    },

    async uploadPicture(ownerId = OWNER, size: [number, number] = [800, 600]): Promise<string> {
      const bytes = await jpegPicture(...size);
      const { asset } = await storeUpload(studio, ownerId, {
        body: Readable.from([bytes]),
        announcedBytes: bytes.length,
        fileName: "boat.jpg",
        slot: "firstFrame",
        modelId: "wan2.7-i2v",
      });
      return asset.id;
    },

    order(change: Partial<GenerationEnvelope> = {}): GenerationEnvelope {
      return {
        requestId: newId("req"),
        connectionId: connections.offered[0]?.view.id ?? "",
        modelId: "wan2.7-i2v",
        mode: "animate",
        media: {},
        parameters: { prompt: "The boat leaves the pier", resolution: "720P", durationSeconds: 5 },
        shownPrice: { amountMicro: 500_000, currency: "USD" },
        ...change,
      };
    },

    async createOne(change: Partial<GenerationEnvelope> = {}, ownerId = OWNER): Promise<string> {
      const firstFrame = await this.uploadPicture(ownerId);
      const view = await createGeneration(
        workshop,
        ownerId,
        this.order({ media: { firstFrame }, ...change }),
      );
      return view.id;
    },

    async read(id: string): Promise<Generation> {
      const generation = await studio.generations.find(id);
      if (!generation) throw new Error(`No generation ${id}`);
      return generation;
    },
  };
}

export type TestWorkshop = ReturnType<typeof openWorkshop>;
