import type { Failure } from "@/lib/domain/failure";
import { ProviderError, type RemoteStatus, type VideoProvider } from "@/lib/server/providers/provider";
import type { Random } from "./random";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What the finished file of a task holds. */
export function filmOf(taskId: string): string {
  return `the film of ${taskId}`;
}

export type SimulatedTask = {
  id: string;
  prompt: string;
  /** Which of our orders it was made for, by its seed, which the vendor tells nobody; null for a stranger's. */
  take: number | null;
  model: string;
  createdAt: number;
  startsAt: number;
  endsAt: number;
  outcome: "succeeded" | "failed" | "cancelled";
};

/** As long as a start waits for its answer. */
const START_MS_MAX = 120 * SECOND_MS;

/** Where a process may die: it is told by name, and what follows it never happens. */
export type CrashPoint = (place: string) => Promise<void>;

/**
 * A vendor that keeps its own rules (24 hours, cancel only while waiting, free failures) and is as unhelpful as they
 * allow: refusals, throttling, answers that get lost before and after a start was taken, outages, moments of amnesia,
 * dead links, and other people's tasks in the list. What it remembers is what was really billed.
 */
export function createAdversarialVendor(random: Random, now: () => number) {
  const tasks = new Map<string, SimulatedTask>();
  const startedAt = now();
  const outages = Array.from({ length: random.integer(0, 2) }, () => {
    const from = startedAt + random.integer(0, 6 * HOUR_MS);
    return { from, until: from + random.integer(MINUTE_MS, 3 * HOUR_MS) };
  });
  const isOut = () => outages.some(({ from, until }) => now() >= from && now() < until);

  function make(prompt: string, model: string, take: number | null): SimulatedTask {
    const startsAt = now() + random.integer(0, 20 * SECOND_MS);
    const task: SimulatedTask = {
      id: `task-${tasks.size + 1}`,
      prompt,
      take,
      model,
      createdAt: now() + random.integer(-SECOND_MS, SECOND_MS),
      startsAt,
      endsAt: startsAt + random.integer(20 * SECOND_MS, 5 * MINUTE_MS),
      outcome: random.chance(0.15) ? "failed" : "succeeded",
    };
    tasks.set(task.id, task);
    return task;
  }

  function hiccup(probability: number): void {
    if (isOut() || random.chance(probability)) throw unknown();
  }

  function statusOf(task: SimulatedTask | undefined): RemoteStatus {
    if (!task || now() > task.createdAt + DAY_MS) return { kind: "expired", word: "UNKNOWN" };
    if (task.outcome === "cancelled") return { kind: "cancelled" };
    if (now() < task.startsAt) return { kind: "queued", word: "PENDING" };
    if (now() < task.endsAt) return { kind: "running", word: "RUNNING" };
    if (task.outcome === "failed") return { kind: "failed", failure: failure("no") };
    return {
      kind: "succeeded",
      result: { url: `http://127.0.0.1/${task.id}`, expiresAt: task.endsAt + DAY_MS },
      usage: null,
      actualPrompt: null,
      sentPrompt: task.prompt,
    };
  }

  /** `onAnswer` hears of each task whose id reaches the process that asked for it. */
  function providerFor(crashPoint: CrashPoint, onAnswer: (taskId: string) => void): VideoProvider {
    return {
      taskLifeMs: DAY_MS,
      prepare: async ({ parameters }) => ({
        url: "",
        headers: {},
        body: JSON.stringify({ prompt: parameters.prompt, take: parameters.seed }),
        sent: {},
      }),
      async start({ body }) {
        const sentAt = now();
        await crashPoint("before sending");
        if (isOut()) throw refused(true);
        const fate = random.integer(0, 99);
        if (fate < 6) throw refused(false);
        if (fate < 14) throw refused(true, random.integer(1, 60) * SECOND_MS);
        if (fate < 22) throw unknown();
        const { prompt, take } = JSON.parse(body);
        const task = make(prompt, "wan2.7-i2v", take);
        await crashPoint("after the vendor took it");
        if (fate < 34 || now() - sentAt > START_MS_MAX) throw unknown();
        onAnswer(task.id);
        return { taskId: task.id };
      },
      async check({ taskId }) {
        await crashPoint("before a look");
        hiccup(0.1);
        if (random.chance(0.03)) return { kind: "expired", word: "UNKNOWN" };
        if (random.chance(0.03)) return { kind: "unlisted", word: "SUSPENDED" };
        return statusOf(tasks.get(taskId));
      },
      async cancel({ taskId }) {
        await crashPoint("before a cancel");
        hiccup(0.1);
        const task = tasks.get(taskId);
        if (!task || now() >= task.startsAt) return "too-late";
        task.outcome = "cancelled";
        await crashPoint("after a cancel");
        if (random.chance(0.2)) throw unknown();
        return "cancelled";
      },
      async list({ modelName }) {
        hiccup(0.15);
        const rows = [...tasks.values()].filter(
          ({ model, createdAt }) => model === modelName && now() <= createdAt + DAY_MS,
        );
        return {
          pageCount: 1,
          tasks: rows.map(({ id, model, createdAt }) => ({
            taskId: id,
            word: "RUNNING",
            modelName: model,
            requestId: null,
            createdAt,
            startedAt: null,
            endedAt: null,
          })),
        };
      },
      test: async () => [],
    };
  }

  return {
    tasks,
    providerFor,
    /** Somebody else starts something with the same account. */
    startForeign: () => make(`a stranger's film ${random.integer(1, 9)}`, "wan2.7-i2v", null),
    /** The finished file, or why not. */
    async fetch(url: string): Promise<Response> {
      hiccup(0.1);
      const task = tasks.get(url.split("/").at(-1) ?? "");
      if (!task || now() > task.endsAt + DAY_MS) return new Response("gone", { status: 404 });
      if (random.chance(0.1)) return new Response("forbidden", { status: 403 });
      const film = filmOf(task.id);
      const body = random.chance(0.1) ? film.slice(0, 3) : film;
      return new Response(body, { headers: { "content-length": String(film.length) } });
    },
  };
}

function failure(charged: Failure["charged"]): Failure {
  const words = { title: "It failed", explanation: "Because." };
  return { kind: "simulated", ...words, input: null, charged, advice: "retry", raw: null };
}

function refused(isRetryable: boolean, retryAfterMs: number | null = null): ProviderError {
  const kind = retryAfterMs === null ? "simulated" : "throttled";
  return new ProviderError({
    failure: { ...failure("no"), kind },
    accepted: "no",
    isRetryable,
    retryAfterMs,
  });
}

function unknown(): ProviderError {
  return new ProviderError({ failure: failure("unknown"), accepted: "unknown", isRetryable: true });
}
