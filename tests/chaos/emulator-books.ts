import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promptOf, type Task } from "@/lib/emulator/task";

/** What the emulator itself has written down of every task that it has accepted. */
export async function readEmulatorBooks(dataDir: string): Promise<Task[]> {
  const root = join(dataDir, "tasks");
  const names = await readdir(root).catch(() => []);
  const tasks = await Promise.all(names.map((name) => readTask(join(root, name, "task.json"))));
  return tasks.filter((task) => task !== null);
}

export function ofPrompt(tasks: readonly Task[], prompt: string): Task[] {
  return tasks.filter((task) => promptOf(task.input) === prompt);
}

/** A folder without a record is a task that was never accepted. */
async function readTask(path: string): Promise<Task | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as Task);
}
