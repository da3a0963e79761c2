import type { MediaTaskName, MediaTasks } from "./media-tasks";
import type { WriteWhole } from "./write-whole";

export type TaskContext = { writeWhole: WriteWhole; signal: AbortSignal };

type Task<Name extends MediaTaskName> = (
  input: MediaTasks[Name]["input"],
  context: TaskContext,
) => Promise<MediaTasks[Name]["output"]>;

/** Every task's code. It is loaded with the first use, so that a child that only looks at pictures stays small. */
export const mediaTaskTable: { [Name in MediaTaskName]: Task<Name> } = {
  "probe-image": async (input) => (await import("./probe-image")).probeImage(input),
  "probe-video": async (input) => (await import("./probe-video")).probeVideo(input),
  "probe-audio": async (input) => (await import("./probe-audio")).probeAudio(input),
  "make-preview": async (input, { writeWhole }) =>
    (await import("./make-preview")).makePreview(input, writeWhole),
  "flatten-image": async (input, { writeWhole }) =>
    (await import("./flatten-image")).flattenImage(input, writeWhole),
  "cut-end": async (input, { writeWhole }) => (await import("./cut-end")).cutEnd(input, writeWhole),
  "make-poster": async (input, { writeWhole }) =>
    (await import("./make-poster")).makePoster(input, writeWhole),
  "make-plain-poster": async (input, { writeWhole }) =>
    (await import("./make-poster")).makePlainPoster(input, writeWhole),
  "render-move": async (input, context) => (await import("./render-move")).renderMove(input, context),
  "render-transition": async (input, context) =>
    (await import("./render-transition")).renderTransition(input, context),
  "render-continuation": async (input, context) =>
    (await import("./render-continuation")).renderContinuation(input, context),
};
