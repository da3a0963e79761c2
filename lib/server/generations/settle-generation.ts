import type { TaskCandidate } from "@/lib/domain/failure";
import { findModel } from "@/lib/domain/models/catalogue";
import { siteAt } from "@/lib/domain/models/offer";
import {
  fitsByTime,
  latestCreation,
  listedInFullUntil,
  matchStart,
  type SentStart,
  type StartMatch,
  type StrangeTask,
} from "@/lib/domain/start-match";
import { queryWaitMs } from "../limits/query-turns";
import { type ListedTask, ProviderError, type VideoProvider } from "../providers/provider";
import type { Connection } from "../providers/registry";
import type { Generation } from "./generation";
import { takeTask } from "./take-over-task";
import { tryAgainAt, type Workshop } from "./workshop";
import { unconfirmed } from "./workshop-failures";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const WITHOUT_CONNECTION_MS = 10 * MINUTE_MS;
/** Of an account busier than this, the list cannot settle anything. */
const PAGES_MAX = 20;
/** So many tasks are asked for their prompts in one look. */
const CANDIDATES_MAX = 10;
/** An account that other programs use as well may have more than we can tell apart. */
const TOO_MANY: StartMatch = { kind: "several", tasks: [] };

/**
 * Looks for a start whose answer never came. What can go wrong: the list shows somebody else's task that looks like
 * ours, or shows ours too late. So a task is taken over only when it can be no other's, and an empty list never leads
 * to a second start; the card says what was found, and the person decides what the vendor cannot tell.
 */
export async function settleGeneration(workshop: Workshop, generation: Generation): Promise<void> {
  const { generations, connections, clock, log } = workshop;
  const sentAt = generation.submittedAt ?? generation.createdAt;
  const raw = generation.failure?.raw ?? null;
  const connection = connections.find(generation.connection);
  const start = connection && sentStart(generation, connection);

  async function standAt(
    finding: string,
    dueAt: number | null,
    candidates: readonly TaskCandidate[] = [],
  ): Promise<void> {
    const failure = unconfirmed(finding, raw, candidates);
    await generations.applyEvent(generation, {
      type: "still-unconfirmed",
      at: clock.now(),
      dueAt,
      failure,
    });
  }

  if (!connection || !start) {
    // Whoever puts the connection back, within the vendor's day or after it, finds the start looked for.
    const words = `${generation.connection.label} is not set up any more, so the vendor cannot be asked. Put it back, or look at the vendor's console and close it here.`;
    return standAt(words, clock.now() + WITHOUT_CONNECTION_MS);
  }
  const { list, taskLifeMs } = connection.provider;
  if (!list) {
    return standAt("This vendor has no list of tasks to ask. Look at its console, then close it here.", null);
  }
  const listedUntil = listedInFullUntil(sentAt, taskLifeMs);
  const tooLate = () => standAt("The vendor can no longer tell. Look at its bill, then close it here.", null);
  if (clock.now() > listedUntil) return tooLate();

  const dueAt = tryAgainAt(clock.now(), settleIntervalMs(clock.now() - sentAt), listedUntil);
  let match: StartMatch;
  try {
    match = await findMatch(workshop, connection.provider, generation, start);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    log.warn({ generationId: generation.id, error }, "the vendor's list could not be asked");
    const waitMs = Math.max(queryWaitMs(error.retryAfterMs ?? 0), MINUTE_MS);
    return standAt(
      "The vendor's list of tasks could not be asked yet.",
      tryAgainAt(clock.now(), waitMs, listedUntil),
    );
  }
  if (match.kind !== "one")
    return standAt(findingOf(match, clock.now() - sentAt), dueAt, candidatesOf(match));
  // Asking takes a while, too.
  if (clock.now() > listedUntil) return tooLate();

  const { taskId, createdAt } = match.task;
  log.info({ generationId: generation.id, taskId }, "a start without an answer was found in the list");
  await takeTask(workshop, generation, { taskId, createdAt }, taskLifeMs);
}

async function findMatch(
  { generations, connections, clock, stopping }: Workshop,
  provider: VideoProvider,
  generation: Generation,
  start: SentStart,
): Promise<StartMatch> {
  const listed = await listAll(provider, start.modelName, stopping);
  if (listed === null) return TOO_MANY;
  const inTime = listed.filter((task) => fitsByTime(start, task));
  if (inTime.length === 0) return { kind: "none" };

  // Rivals before known ids: a rival that is accepted in between is still a rival, or its task is already known.
  const reachMs = latestCreation(0);
  const others = await generations.listStartsWithoutTask(
    generation.modelId,
    start.sentAt - 2 * reachMs,
    start.sentAt + 2 * reachMs,
  );
  const rivals = others.flatMap((other) => {
    const connection = connections.find(other.connection);
    if (other.id === generation.id || other.connection.isDemo !== generation.connection.isDemo) return [];
    return (connection && sentStart(other, connection)) ?? [];
  });
  const known = await generations.findKnownTaskIds(inTime.map(({ taskId }) => taskId));
  const strange = inTime.filter(({ taskId }) => !known.has(taskId));
  if (strange.length > CANDIDATES_MAX) return TOO_MANY;
  const told: StrangeTask[] = [];
  for (const task of strange) told.push(await tell(provider, task, stopping));
  return matchStart(start, rivals, told, clock.now());
}

/** Every task of the model that the vendor remembers; null where there are more than we read. */
async function listAll(
  { list }: VideoProvider,
  modelName: string,
  signal: AbortSignal,
): Promise<ListedTask[] | null> {
  // A list that grows while it is read shows a task on two pages.
  const tasks = new Map<string, ListedTask>();
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const answer = await list?.({ modelName, page }, signal);
    for (const task of answer?.tasks ?? []) tasks.set(task.taskId, task);
    if (!answer || page >= answer.pageCount) return [...tasks.values()];
  }
  return null;
}

async function tell(provider: VideoProvider, task: ListedTask, signal: AbortSignal): Promise<StrangeTask> {
  const { taskId, modelName, createdAt } = task;
  const status = await provider.check({ taskId }, signal);
  return {
    taskId,
    modelName,
    createdAt,
    // A vendor that says it does not know the task has it in its list all the same.
    hasEnded: ["succeeded", "failed", "cancelled"].includes(status.kind),
    prompt: status.kind === "succeeded" ? status.sentPrompt : null,
  };
}

/** What its person may choose from: tasks that say they were made with these words. One that tells no prompt has no film. */
function candidatesOf(match: StartMatch): TaskCandidate[] {
  if (match.kind !== "several") return [];
  return match.tasks
    .filter(({ prompt }) => prompt !== null)
    .map(({ taskId, createdAt }) => ({ taskId, createdAt }));
}

function sentStart(generation: Generation, { view }: Connection): SentStart | null {
  const model = findModel(generation.modelId);
  const site = model && siteAt(model, view.place);
  if (!site) return null;
  return {
    id: generation.id,
    modelName: site.remoteId,
    prompt: generation.parameters.prompt,
    sentAt: generation.submittedAt ?? generation.createdAt,
  };
}

/** Often while it has just happened and somebody waits, then less: nothing changes at the vendor but by the minute. */
function settleIntervalMs(ageMs: number): number {
  if (ageMs < MINUTE_MS) return 3 * SECOND_MS;
  if (ageMs < 10 * MINUTE_MS) return 15 * SECOND_MS;
  return ageMs < 120 * MINUTE_MS ? MINUTE_MS : 10 * MINUTE_MS;
}

function findingOf(match: Exclude<StartMatch, { kind: "one" }>, ageMs: number): string {
  switch (match.kind) {
    case "none":
      return ageMs < latestCreation(0)
        ? "The vendor's list of tasks does not show it yet. It is looked for; within five minutes this says more."
        : "The vendor's list of tasks does not show it, so most likely it was not taken. It is looked for until a day after it was sent; close it here if you want to go on.";
    case "perhaps":
      return "The vendor's list has a task that may be this one. It is taken over as soon as that is sure, when it ends at the latest.";
    case "several":
      return candidatesOf(match).length > 0
        ? "The vendor has made a film with these words, but it may be that of another start with the same words, and they cannot be told apart. Say which it is: where pictures and settings are the same, either is right."
        : "The vendor's list has more than one task that may be this one, and they cannot be told apart. Look at the vendor's console, then close it here.";
  }
}
