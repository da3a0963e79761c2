import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { FilmSizeRule } from "./film-size";
import type { OfferedModel } from "./limits";
import { prepareShot, renderShot, type Shot } from "./make-film";
import type { InputReader } from "./read-input";
import { isFilmless, type Task } from "./task";
import type { TaskStore } from "./task-store";
import { VendorError } from "./vendor-error";

export type EmulatorLog = { warn(details: object, message: string): void };

export type TaskRunner = {
  /** Sets an accepted task going: its input is judged at once, its film rendered when the ones before it are done. */
  begin(task: Task): void;
  /** Stops making a film that nobody wants any more. */
  drop(taskId: string): void;
  /** Resolves when the task's input has been judged; at once for a task that has been before. */
  judged(taskId: string): Promise<void>;
  /** Stops what is under way, to be begun again by the next runner over the same store. */
  close(): Promise<void>;
};

const FAILED_HERE = {
  code: "InternalError.Algo",
  message: "An internal error has occured during computation, please try again later.",
};

/** Films are rendered one at a time: they come from one machine, which also serves the person who waits. */
export function createTaskRunner(
  store: TaskStore,
  reader: InputReader,
  options: { modelOf: (id: string) => OfferedModel | undefined; sizeRule: FilmSizeRule; log: EmulatorLog },
): TaskRunner {
  const { modelOf, sizeRule, log } = options;
  const closing = new AbortController();
  let rendered: { taskId: string; dropping: AbortController } | null = null;
  const judging = new Map<string, Promise<Shot | null>>();
  let rendering: Promise<unknown> = Promise.resolve();

  async function judge(task: Task): Promise<Shot | null> {
    try {
      const model = modelOf(task.model);
      if (!model) throw new Error(`the emulator has no model ${task.model} any more`);
      const folder = store.folderOf(task.id);
      return await prepareShot(reader, task, { model, sizeRule }, folder, closing.signal);
    } catch (error) {
      if (closing.signal.aborted) return null;
      if (!(error instanceof VendorError))
        log.warn({ error, taskId: task.id }, "an input could not be judged");
      const { code, message } = error instanceof VendorError ? error : FAILED_HERE;
      await store.save(task, { refusal: { code, message } });
      return null;
    }
  }

  async function render(task: Task, shot: Shot): Promise<void> {
    // A task that will fail needs no film; one that is gone needs none any more.
    if (closing.signal.aborted || isFilmless(task) || !store.get(task.id)) return;
    const dropping = new AbortController();
    rendered = { taskId: task.id, dropping };
    try {
      await renderShot(reader.media, shot, AbortSignal.any([closing.signal, dropping.signal]));
      await store.save(task, { film: { ...shot.film, renderedAt: reader.now() } });
    } catch (error) {
      if (closing.signal.aborted || dropping.signal.aborted || !store.get(task.id)) return;
      log.warn({ error, taskId: task.id }, "a film could not be rendered");
      await store.save(task, { refusal: FAILED_HERE });
    } finally {
      rendered = null;
    }
  }

  return {
    begin(task) {
      const judged = judge(task);
      judging.set(task.id, judged);
      const done = () => judging.delete(task.id);
      judged.then(done, done);
      rendering = Promise.all([rendering, judged])
        .then(([, shot]) => shot && render(task, shot))
        .catch((error) => log.warn({ error, taskId: task.id }, "a task could not be kept"));
    },
    drop(taskId) {
      if (rendered?.taskId === taskId) rendered.dropping.abort(new Error("nobody wants this film any more"));
    },
    async judged(taskId) {
      await judging.get(taskId);
    },
    async close() {
      closing.abort(new Error("the emulator is closing"));
      await Promise.allSettled([rendering, ...judging.values()]);
    },
  };
}

/** Whether a task read from disk still has work to be done: a crash may have cut it at any line. */
export async function isUnfinished(task: Task, store: TaskStore): Promise<boolean> {
  if (isFilmless(task)) return false;
  if (!task.film) return true;
  const path = join(store.folderOf(task.id), task.film.fileName);
  return stat(path).then(
    () => false,
    () => true,
  );
}
