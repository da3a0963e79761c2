import { AppError } from "@/lib/domain/errors";
import type { TaskCandidate } from "@/lib/domain/failure";
import type { GenerationView } from "@/lib/domain/generation";
import type { Clock } from "../clock";
import type { Connections } from "../providers/registry";
import type { Generation } from "./generation";
import type { GenerationRepository } from "./generation-repository";
import { notFound } from "./not-found";
import { viewOf } from "./view-of";

type Desk = { generations: GenerationRepository; connections: Connections; clock: Clock };

/** A row has the task already. */
class TaskTaken extends Error {}

/**
 * Gives a start of unknown fate its task, if no row has that yet, whoever owns it. False where it is taken, or where the
 * row has moved on.
 */
export async function takeTask(
  { generations, clock }: Pick<Desk, "generations" | "clock">,
  generation: Generation,
  { taskId, createdAt }: TaskCandidate,
  taskLifeMs: number,
): Promise<boolean> {
  const at = clock.now();
  const sentAt = generation.submittedAt ?? generation.createdAt;
  try {
    const found = await generations.applyEvent(generation, async (transaction) => {
      if (!(await generations.claimTask(transaction, taskId))) throw new TaskTaken();
      const deadlineAt = (createdAt ?? sentAt) + taskLifeMs;
      return { type: "found", at, remoteTask: { taskId }, deadlineAt, dueAt: at };
    });
    return found !== null;
  } catch (error) {
    if (error instanceof TaskTaken) return false;
    throw error;
  }
}

/**
 * The person says which task a start of unknown fate has become. What can go wrong: a task that is somebody else's is named,
 * or one film is taken for two cards. So only what the row's own look at the vendor's list has found can be chosen, and
 * once. Nothing is sent or charged by it: the film is followed and fetched as if its answer had come.
 */
export async function takeOverTask(
  desk: Desk,
  ownerId: string,
  { id, taskId }: { id: string; taskId: string },
): Promise<GenerationView> {
  const generation = await desk.generations.findOwned(ownerId, id);
  if (!generation) throw notFound();
  const candidate = generation.failure?.candidates?.find((task) => task.taskId === taskId);
  const connection = desk.connections.find(generation.connection);
  if (generation.state !== "unconfirmed" || !candidate || !connection)
    throw new AppError("state-changed", "It has moved on in the meantime.");
  const { taskLifeMs } = connection.provider;
  const sentAt = generation.submittedAt ?? generation.createdAt;
  // Taken all the same, it would end as a failure of the vendor's, and what is not known would look decided.
  if (desk.clock.now() >= (candidate.createdAt ?? sentAt) + taskLifeMs)
    throw new AppError("state-changed", "The vendor no longer has that task, so its film cannot be fetched.");
  if (!(await takeTask(desk, generation, candidate, taskLifeMs)))
    throw new AppError("state-changed", "Another clip has that task already, or this one has moved on.");
  const after = await desk.generations.findOwned(ownerId, id);
  if (!after) throw notFound();
  return viewOf(desk, after);
}
