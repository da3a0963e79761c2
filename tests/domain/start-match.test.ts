import { describe, expect, it } from "vitest";
import { listedInFullUntil, matchStart, type SentStart, type StrangeTask } from "@/lib/domain/start-match";

const start: SentStart = {
  id: "gen_a",
  modelName: "wan2.7-i2v",
  prompt: "The boat leaves",
  sentAt: 1_000_000,
};
const task: StrangeTask = {
  taskId: "task-a",
  modelName: "wan2.7-i2v",
  createdAt: 1_000_500,
  hasEnded: true,
  prompt: "The boat leaves",
};
/** Just after the start was sent. */
const NOW = start.sentAt + 10_000;
const untold: StrangeTask = { ...task, hasEnded: false, prompt: null };

describe("a start without an answer", () => {
  it("is the one task of its model, time and prompt", () => {
    expect(matchStart(start, [], [task], NOW)).toEqual({ kind: "one", task });
  });

  it.each([
    ["of another model", { modelName: "wan2.6-i2v" }],
    ["made long before", { createdAt: start.sentAt - 121_000 }],
    ["made after the start was given up", { createdAt: start.sentAt + 241_000 }],
    ["made with another prompt", { prompt: "The boat arrives" }],
  ])("is no task %s", (_name, change) => {
    expect(matchStart(start, [], [{ ...task, ...change }], NOW)).toEqual({ kind: "none" });
  });

  it("is a task within the disagreement of two clocks, before and after", () => {
    for (const createdAt of [start.sentAt - 120_000, start.sentAt + 240_000]) {
      expect(matchStart(start, [], [{ ...task, createdAt }], NOW).kind).toBe("one");
    }
  });

  it("waits while the one task that fits has not told its prompt", () => {
    expect(matchStart(start, [], [untold], NOW)).toEqual({ kind: "perhaps" });
  });

  it("is a task that ended and will never tell its prompt, once no other can come", () => {
    const ended = { ...untold, hasEnded: true };
    expect(matchStart(start, [], [ended], start.sentAt + 240_000)).toEqual({ kind: "perhaps" });
    expect(matchStart(start, [], [ended], start.sentAt + 240_001).kind).toBe("one");
  });

  it("is not decided between two tasks that fit, and waits while one of them may still drop out", () => {
    const other = { ...task, taskId: "task-b" };
    expect(matchStart(start, [], [task, other], NOW)).toEqual({ kind: "several", tasks: [task, other] });
    expect(matchStart(start, [], [task, { ...untold, taskId: "task-b" }], NOW)).toEqual({ kind: "perhaps" });
  });

  it("is not decided where the one task fits another start as well", () => {
    const rival = { ...start, id: "gen_b", sentAt: start.sentAt + 5_000 };
    expect(matchStart(start, [rival], [task], NOW)).toEqual({ kind: "several", tasks: [task] });
    expect(matchStart(start, [{ ...rival, prompt: "Something else" }], [task], NOW).kind).toBe("one");
  });

  it("is never a task whose model or time the vendor does not say", () => {
    expect(matchStart(start, [], [{ ...task, createdAt: null }], NOW).kind).toBe("perhaps");
    expect(matchStart(start, [], [{ ...task, modelName: null }], NOW).kind).toBe("perhaps");
  });

  it("can be told from others only while the list still has the first task it could have become", () => {
    const dayMs = 24 * 3_600_000;
    // Created two minutes before it was sent by a vendor's clock that runs two minutes ahead.
    expect(listedInFullUntil(start.sentAt, dayMs)).toBe(start.sentAt + dayMs - 240_000);
  });
});
