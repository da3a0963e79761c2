/** A start whose fate is not known, as far as the vendor's list of tasks could show it. Instants are epoch milliseconds. */
export type SentStart = {
  id: string;
  /** The vendor's own name of the model. */
  modelName: string;
  prompt: string;
  /** When the intent was written, just before it was sent. */
  sentAt: number;
};

/** A task of the account that no row of ours knows. */
export type StrangeTask = {
  taskId: string;
  modelName: string | null;
  createdAt: number | null;
  hasEnded: boolean;
  /** The prompt it was made with; null while the vendor does not tell it. */
  prompt: string | null;
};

export type StartMatch =
  /** Nothing in the list can be this start. */
  | { kind: "none" }
  /** Something may be, but its prompt is not told yet. */
  | { kind: "perhaps" }
  /** More than one task, or more than one start: nobody can tell them apart. */
  | { kind: "several"; tasks: readonly StrangeTask[] }
  | { kind: "one"; task: StrangeTask };

/** How long a start may be on its way before its sender gives up, and how far two clocks may disagree. */
const START_MS_MAX = 120_000;
const CLOCK_DIFFERENCE_MS_MAX = 120_000;

/**
 * Which task a start became, if that is beyond doubt: the model and the time of creation fit, the prompt (once told)
 * is the same, and exactly one task fits exactly one start. `rivals` are all other starts that still miss their task.
 * The list carries neither prompt nor token, so anything less could take somebody else's film for ours.
 */
export function matchStart(
  start: SentStart,
  rivals: readonly SentStart[],
  tasks: readonly StrangeTask[],
  now: number,
): StartMatch {
  const fitting = tasks.filter((task) => mayBe(start, task));
  const [task] = fitting;
  if (!task) return { kind: "none" };
  if (fitting.length > 1) {
    return fitting.some(isUntold) ? { kind: "perhaps" } : { kind: "several", tasks: fitting };
  }
  if (isUntold(task) || task.createdAt === null || task.modelName === null) return { kind: "perhaps" };
  // Model and time alone could be somebody else's, while ours is still to appear.
  if (task.prompt === null && now <= latestCreation(start.sentAt)) return { kind: "perhaps" };
  if (rivals.some((rival) => mayBe(rival, task))) return { kind: "several", tasks: [task] };
  return { kind: "one", task };
}

/** Whether model and time leave it open that the start became this task, before anyone asks for its prompt. */
export function fitsByTime(start: SentStart, task: Pick<StrangeTask, "modelName" | "createdAt">): boolean {
  const { modelName, createdAt } = task;
  if (modelName !== null && modelName !== start.modelName) return false;
  if (createdAt === null) return true;
  return createdAt >= start.sentAt - CLOCK_DIFFERENCE_MS_MAX && createdAt <= latestCreation(start.sentAt);
}

/**
 * Until when the list still shows every task that a start could have become, epoch ms; by then it has begun to forget the
 * first of them, and what is left looks like the only one.
 */
export function listedInFullUntil(sentAt: number, taskLifeMs: number): number {
  // Once for how much earlier a task may seem to be created, and once for when "24 hours later" is by the vendor's clock.
  return sentAt + taskLifeMs - 2 * CLOCK_DIFFERENCE_MS_MAX;
}

/** Later than this no task can come of a start, and no answer to it, epoch ms. */
export function latestCreation(sentAt: number): number {
  return sentAt + START_MS_MAX + CLOCK_DIFFERENCE_MS_MAX;
}

function mayBe(start: SentStart, task: StrangeTask): boolean {
  return fitsByTime(start, task) && (task.prompt === null || task.prompt.trim() === start.prompt.trim());
}

/** A task that ended without telling its prompt never will: then model and time have to do. */
function isUntold(task: StrangeTask): boolean {
  return task.prompt === null && !task.hasEnded;
}
