import { z } from "zod";
import type { MediaTaskName, MediaTasks } from "./media-tasks";

/** What parent and child say to each other. The parent names each attempt, so that it knows the child's temporary files. */
export type ToChild =
  | {
      [Name in MediaTaskName]: {
        kind: "run";
        attemptId: string;
        name: Name;
        input: MediaTasks[Name]["input"];
      };
    }[MediaTaskName]
  | { kind: "abort"; attemptId: string };

const fromChildSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("done"), attemptId: z.string(), output: z.unknown() }),
  z.object({
    kind: z.literal("failed"),
    attemptId: z.string(),
    blame: z.enum(["input", "process"]),
    message: z.string(),
  }),
]);
export type FromChild = z.infer<typeof fromChildSchema>;

/** Null for anything that is no message of ours. */
export function readFromChild(message: unknown): FromChild | null {
  return fromChildSchema.safeParse(message).data ?? null;
}

const toChildSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("run"), attemptId: z.string(), name: z.string(), input: z.looseObject({}) }),
  z.object({ kind: z.literal("abort"), attemptId: z.string() }),
]);

/** Null for anything that is no message of ours. The task's input is believed: only the parent can send one. */
export function readToChild(message: unknown): ToChild | null {
  return (toChildSchema.safeParse(message).data as ToChild | undefined) ?? null;
}

/** How the child is told its limits, as its first argument. */
export const childLimitsSchema = z.object({ memoryLimitMb: z.number(), niceness: z.number() });
export type ChildLimits = z.infer<typeof childLimitsSchema>;

/** The exit code of a child that grew past its memory. */
export const EXIT_OUT_OF_MEMORY = 70;
