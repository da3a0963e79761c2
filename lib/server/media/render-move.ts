import type { TaskContext } from "./media-task-table";
import type { MediaTasks, VideoProbe } from "./media-tasks";

export async function renderMove(
  _input: MediaTasks["render-move"]["input"],
  _context: TaskContext,
): Promise<VideoProbe> {
  throw new Error("render-move is not written yet");
}
