import type { Failure } from "@/lib/domain/failure";
import type { GenerationEvent } from "@/lib/domain/generation-state";
import { findModel } from "@/lib/domain/models/catalogue";
import type { Model, SlotName } from "@/lib/domain/models/model";
import { sendableFile } from "../assets/sendable-file";
import { isMediaError } from "../media/media-tasks";
import { ownTroubleOf } from "../own-trouble";
import {
  type JobFile,
  type PreparedStart,
  ProviderError,
  type RemoteTask,
  type StartJob,
} from "../providers/provider";
import type { Connection } from "../providers/registry";
import type { Generation } from "./generation";
import { NoPlace } from "./start-queue";
import { backoffMs, type Workshop } from "./workshop";
import {
  connectionGone,
  inputGone,
  inputUnusable,
  preparationFailed,
  sentAnotherWay,
  startOfUnknownFate,
} from "./workshop-failures";

/** After so many tries that surely started nothing, the last reason is the answer. About two hours. */
const ATTEMPTS_MAX = 120;
/** However long a vendor asks us to wait, we look again after this. */
const WAIT_MS_MAX = 15 * 60_000;

/** A process that slept for longer since it wrote the intent sends nothing: others may have given it up by now. */
const SENT_WITHIN_MS = 30_000;

/**
 * Sends a queued generation. The inputs are made readable first, which costs nothing and may be repeated; then the
 * intent is written; then the one call goes out that may cost money, and is never repeated unless the vendor proved
 * that it took nothing.
 */
export async function submitGeneration(workshop: Workshop, generation: Generation): Promise<void> {
  const { generations, clock } = workshop;
  const connection = workshop.connections.find(generation.connection);
  const model = findModel(generation.modelId);
  if (!connection || !model) {
    const failure = connectionGone(generation.connection.label);
    await generations.applyEvent(generation, { type: "refused", at: clock.now(), failure });
    return;
  }

  let prepared: PreparedStart;
  try {
    prepared = await withJobFiles(workshop, generation, model, connection, (media) => {
      const { mode, parameters, unreadWays } = generation;
      const job: StartJob = { model, place: connection.view.place, mode, media, parameters, unreadWays };
      return connection.provider.prepare(job, workshop.stopping);
    });
  } catch (error) {
    if (workshop.stopping.aborted) return;
    workshop.log.warn({ generationId: generation.id, error }, "a start could not be prepared");
    await generations.applyEvent(generation, notPrepared(generation, error, clock.now()));
    return;
  }

  // Planned before anything is sent, so that nothing of ours stands between the vendor's answer and the row.
  await workshop.looks.refresh();
  const firstGapMs = workshop.looks.gapMs(connection, generation, clock.now(), clock.now(), null);
  // A server that is stopping begins nothing that may cost money.
  if (workshop.stopping.aborted) return;
  const submitting = await generations
    .applyEvent(generation, async (transaction) => {
      await workshop.startQueue.takePlace(transaction, generation);
      return { type: "claimed", at: clock.now() };
    })
    .catch((error: unknown) => {
      if (error instanceof NoPlace) return null;
      throw error;
    });
  if (!submitting) return;
  const event =
    clock.now() - (submitting.submittedAt ?? 0) > SENT_WITHIN_MS
      ? unsent(clock.now())
      : await start(workshop, connection, submitting, prepared, firstGapMs);
  await applySurely(workshop, submitting, event);
  // Only now: a gate that cannot be written must not keep what the vendor said from the row.
  if (event.type === "postponed" && event.failure.kind === "throttled")
    await workshop.startQueue.holdBack(generation, event.dueAt);
}

async function start(
  { clock, log, lastCall }: Workshop,
  { provider }: Connection,
  generation: Generation,
  prepared: PreparedStart,
  firstGapMs: number,
): Promise<GenerationEvent> {
  let task: RemoteTask;
  try {
    // A stopping server waits some seconds longer for it than for anything else: its answer says whether money is spent.
    task = await provider.start(prepared, lastCall);
  } catch (error) {
    if (error instanceof ProviderError && error.accepted === "no")
      return notStarted(generation, error, clock.now());
    log.warn({ generationId: generation.id, error }, "a start has no clear answer");
    return startOfUnknownFate(clock.now(), error instanceof ProviderError ? error.failure.raw : null);
  }
  const at = clock.now();
  log.info({ generationId: generation.id, taskId: task.taskId }, "task accepted");
  return {
    type: "accepted",
    at,
    remoteTask: task,
    deadlineAt: at + provider.taskLifeMs,
    dueAt: at + firstGapMs,
  };
}

function notStarted(generation: Generation, error: ProviderError, at: number): GenerationEvent {
  if (error.unreadWay)
    return sentAnotherWay(generation, at, { way: error.unreadWay, taskId: null }, error.failure);
  if (!error.isRetryable || generation.attempt >= (error.triesMax ?? ATTEMPTS_MAX)) {
    return { type: "refused", at, failure: { ...error.failure, charged: "no" } };
  }
  const waitMs = Math.min(error.retryAfterMs ?? backoffMs(generation.attempt), WAIT_MS_MAX);
  return { type: "postponed", at, dueAt: at + waitMs, failure: error.failure };
}

/** It may be given up by now, or closed by its person: the answer to it is that nothing went out. */
function unsent(at: number): GenerationEvent {
  return {
    type: "postponed",
    at,
    dueAt: at,
    failure: preparationFailed("the server slept before it was sent"),
  };
}

/** Nothing was sent: a file that cannot be made to fit is refused, anything of our own is tried again. */
function notPrepared(generation: Generation, error: unknown, at: number): GenerationEvent {
  if (error instanceof ProviderError) return notStarted(generation, error, at);
  if (error instanceof BadInput) return { type: "refused", at, failure: error.failure };
  const trouble = ownTroubleOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const failure = preparationFailed(message, trouble?.words);
  // A storage that is down for a night keeps an order waiting; it does not end it.
  const isOver = generation.attempt >= ATTEMPTS_MAX && (trouble === null || trouble.kind === "media");
  return isOver
    ? { type: "refused", at, failure }
    : { type: "postponed", at, dueAt: at + backoffMs(generation.attempt), failure };
}

/**
 * Writes the answer to a start. A database that is busy or full must not cost us a paid task's id, so this tries for
 * as long as the process lives; and if the row was meanwhile given up as unconfirmed, an accepted task is found again.
 * A cancel asked for during the start moves the row on, too: the answer is written over that wish, not instead of it.
 */
async function applySurely(workshop: Workshop, claimed: Generation, event: GenerationEvent): Promise<void> {
  let submitting = claimed;
  for (let attempt = 0; ; attempt += 1) {
    try {
      if (await workshop.generations.applyEvent(submitting, event)) return;
      const now = await workshop.generations.find(submitting.id);
      if (
        now?.state === "submitting" &&
        now.attempt === claimed.attempt &&
        now.submittedAt === claimed.submittedAt
      ) {
        submitting = now;
        continue;
      }
      if (now?.state === "unconfirmed" && now.submittedAt === claimed.submittedAt) {
        const late = lateAnswer(event);
        if (late && (await workshop.generations.applyEvent(now, late))) return;
        if (late) continue;
      }
      if (event.type === "accepted")
        workshop.log.error(
          { generationId: claimed.id, taskId: (event.remoteTask as RemoteTask).taskId, state: now?.state },
          "a task was accepted for a row that takes it no more",
        );
      return;
    } catch (error) {
      workshop.log.error(
        { generationId: submitting.id, event: event.type, error },
        "the answer to a start could not be written",
      );
      await workshop.clock.pause(backoffMs(attempt, 10_000));
    }
  }
}

/** What an answer says of a row that was given up as unconfirmed meanwhile: even a start that may be tried again is not. */
function lateAnswer(event: GenerationEvent): GenerationEvent | null {
  switch (event.type) {
    case "accepted":
      return { ...event, type: "found" };
    case "refused":
    case "postponed":
    case "inputs-unread":
      return { type: "refused", at: event.at, failure: { ...event.failure, charged: "no" } };
    default:
      return null;
  }
}

class BadInput extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.title, options);
    this.failure = failure;
  }
}

/** Hands `use` the inputs as local files in the form that the model's slots take. */
async function withJobFiles<Value>(
  workshop: Workshop,
  generation: Generation,
  model: Model,
  connection: Connection,
  use: (files: Partial<Record<SlotName, JobFile>>) => Promise<Value>,
): Promise<Value> {
  const { assets, storage, mediaLinks } = workshop;
  const files: Partial<Record<SlotName, JobFile>> = {};

  async function add(remaining: [SlotName, string][]): Promise<Value> {
    const [head, ...tail] = remaining;
    if (!head) return use(files);
    const [slot, assetId] = head;
    const asset = await assets.find(generation.ownerId, assetId);
    if (!asset || !(await storage.stat(asset.blobKey))) throw new BadInput(inputGone(slot));
    const file = await sendableFile(workshop, asset, model.slots[slot]).catch((error: unknown) => {
      if (!isMediaError(error) || error.blame !== "input") throw error;
      throw new BadInput(inputUnusable(slot, error.message), { cause: error });
    });
    const publicUrl = await mediaLinks.urlFor(connection.view, file);
    return storage.withLocalFile(file.blobKey, (path) => {
      files[slot] = { path, mediaType: file.mediaType, sizeBytes: file.sizeBytes, publicUrl };
      return add(tail);
    });
  }

  return add(Object.entries(generation.media).map(([slot, input]) => [slot as SlotName, input.assetId]));
}
