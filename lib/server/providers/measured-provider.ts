import type { Fetch } from "./http";
import { ProviderError, type VideoProvider } from "./provider";

export type ProviderCall = "prepare" | "start" | "check" | "cancel" | "list";
/** `refused`: by the vendor, surely without effect. `unclear`: anything else that brought no answer. */
export type ProviderOutcome = "ok" | "throttled" | "refused" | "unclear";
export type Measure = (call: ProviderCall, outcome: ProviderOutcome, ms: number) => void;

/** The same provider, whose calls are measured. */
export function measuredProvider(provider: VideoProvider, measure: Measure): VideoProvider {
  async function timed<Value>(call: ProviderCall, run: () => Promise<Value>): Promise<Value> {
    const startedAt = performance.now();
    let outcome: ProviderOutcome = "unclear";
    try {
      const value = await run();
      outcome = "ok";
      return value;
    } catch (error) {
      if (error instanceof ProviderError) outcome = outcomeOf(error);
      throw error;
    } finally {
      measure(call, outcome, performance.now() - startedAt);
    }
  }

  const { cancel, list } = provider;
  return {
    ...provider,
    prepare: (job, signal) => timed("prepare", () => provider.prepare(job, signal)),
    start: (prepared, signal) => timed("start", () => provider.start(prepared, signal)),
    check: (task, signal) => timed("check", () => provider.check(task, signal)),
    ...(cancel && { cancel: (task, signal) => timed("cancel", () => cancel(task, signal)) }),
    ...(list && { list: (filter, signal) => timed("list", () => list(filter, signal)) }),
  };
}

function outcomeOf({ failure, accepted }: ProviderError): ProviderOutcome {
  if (failure.kind === "throttled") return "throttled";
  return accepted === "no" && failure.kind !== "no-clear-answer" ? "refused" : "unclear";
}

/** The same network, whose replies' bytes are counted as they come. */
export function countedFetch(fetch: Fetch, count: (sizeBytes: number) => void): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.body) return response;
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        count(chunk.byteLength);
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(counter), response);
  };
}
