import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Task, taskDefaults } from "./task";
import { syncFolder, writeDurably } from "./write-durably";

/** Every task that is not forgotten, in memory and on disk: a folder each, with its record, its inputs and its film. */
export type TaskStore = {
  get(id: string): Task | undefined;
  all(): Task[];
  /** Where a task's files lie; made by `makeFolder`. */
  folderOf(id: string): string;
  makeFolder(id: string): Promise<string>;
  /** Durable when it resolves; a `change` is seen by nobody before that. */
  save(task: Task, change?: Partial<Task>): Promise<void>;
  remove(id: string): Promise<void>;
};

const RECORD = "task.json";

/** Reads what an earlier run left. Folders without a record were never accepted and go, as do half-written files. */
export async function openTaskStore(dataDir: string): Promise<TaskStore> {
  const root = join(dataDir, "tasks");
  await mkdir(root, { recursive: true, mode: 0o700 });
  const folderOf = (id: string) => join(root, id);
  const tasks = new Map<string, Task>();
  for (const entry of await readdir(root, { withFileTypes: true })) {
    // A file manager leaves things of its own in any folder that somebody opens.
    if (!entry.isDirectory()) continue;
    const task = await readTask(folderOf(entry.name));
    if (task) tasks.set(entry.name, task);
    else await rm(folderOf(entry.name), { recursive: true, force: true });
  }
  const saving = new Map<string, Promise<void>>();

  return {
    get: (id) => tasks.get(id),
    all: () => [...tasks.values()],
    folderOf,
    async makeFolder(id) {
      await mkdir(folderOf(id), { mode: 0o700 });
      await syncFolder(root);
      return folderOf(id);
    },
    save(task, change = {}) {
      tasks.set(task.id, task);
      // One after the other, each writing what is true when its turn comes: an older state never lands last.
      const before = saving.get(task.id) ?? Promise.resolve();
      const saved = before.catch(() => {}).then(() => write(task, change));
      saving.set(task.id, saved);
      return saved;
    },
    async remove(id) {
      tasks.delete(id);
      await saving.get(id)?.catch(() => {});
      saving.delete(id);
      // What is still being written there comes in between.
      await rm(folderOf(id), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };

  async function write(task: Task, change: Partial<Task>): Promise<void> {
    if (!tasks.has(task.id)) return;
    await writeDurably(join(folderOf(task.id), RECORD), JSON.stringify({ ...task, ...change }));
    Object.assign(task, change);
  }
}

async function readTask(folder: string): Promise<Task | null> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(".tmp")) await rm(join(folder, name), { force: true });
  }
  const text = await readFile(join(folder, RECORD), "utf8").catch(() => null);
  try {
    return text === null ? null : { ...taskDefaults, ...(JSON.parse(text) as Task) };
  } catch {
    return null;
  }
}
