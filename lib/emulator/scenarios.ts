import { inputRefused, internalError, outputRefused, rateExceeded, type VendorError } from "./vendor-error";

/** What a marker in the prompt makes of a task, so that a person can see each turn on the screen. */
export type Scenario = {
  marker: `[demo:${string}]`;
  /** For a table of them: what is seen. */
  meaning: string;
  /** Refuses the request itself, for so many attempts with the same prompt and key; then lets one through. */
  refuseCreate?: { error: VendorError; attempts: number };
  /** The task is there, but the reply to the request that made it is this. */
  createReply?: "cut" | Garbage;
  /** The task fails when this share of its run is over. */
  fail?: { error: VendorError; afterShare: number; firstTaskOnly?: boolean };
  slowdown?: number;
  /** It never leaves this state. */
  stuckIn?: "PENDING" | "RUNNING";
  /** The first looks at the task are answered with this. */
  garbage?: Garbage;
  /** While it runs, its status is a word that is in no list. */
  statusWord?: string;
  /** The address of the finished film leads nowhere. */
  result?: "gone" | "expired";
};

/** A web page where JSON is due, or JSON that ends in the middle; both with HTTP 200. */
export type Garbage = "html" | "half-json";

export const GARBAGE_LOOKS = 3;

export const scenarios: Scenario[] = [
  {
    marker: "[demo:throttled]",
    meaning: "the first two starts are told to wait (429)",
    refuseCreate: { error: rateExceeded(), attempts: 2 },
  },
  { marker: "[demo:slow]", meaning: "the task takes eight times as long", slowdown: 8 },
  {
    marker: "[demo:refused-at-create]",
    meaning: "the content check refuses at once",
    refuseCreate: { error: inputRefused(), attempts: Number.POSITIVE_INFINITY },
  },
  {
    marker: "[demo:refused]",
    meaning: "the content check refuses what was given, while the task runs",
    fail: { error: inputRefused(), afterShare: 0.4 },
  },
  {
    marker: "[demo:refused-output]",
    meaning: "the content check refuses the film that was made",
    fail: { error: outputRefused(), afterShare: 0.9 },
  },
  {
    marker: "[demo:refused-once]",
    meaning: "the first task fails, the next with the same prompt works",
    fail: { error: internalError(), afterShare: 0.4, firstTaskOnly: true },
  },
  {
    marker: "[demo:internal-error]",
    meaning: "the task fails with a server error",
    fail: { error: internalError(), afterShare: 0.6 },
  },
  {
    marker: "[demo:result-gone]",
    meaning: "the task succeeds, but its film is not there (404)",
    result: "gone",
  },
  {
    marker: "[demo:result-expired]",
    meaning: "the task succeeds, but the link to its film has run out (403)",
    result: "expired",
  },
  {
    marker: "[demo:cut]",
    meaning: "the connection is cut after the task was accepted, before the reply",
    createReply: "cut",
  },
  {
    marker: "[demo:garbage-at-create]",
    meaning: "the task is accepted, but the reply is a web page",
    createReply: "html",
  },
  {
    marker: "[demo:garbage]",
    meaning: "the first three looks at the task are answered with a web page",
    garbage: "html",
  },
  {
    marker: "[demo:half-json]",
    meaning: "the first three looks at the task are answered with half a reply",
    garbage: "half-json",
  },
  {
    marker: "[demo:unlisted-status]",
    meaning: "while it runs, the task has a status that is in no list",
    statusWord: "SUSPENDED",
  },
  {
    marker: "[demo:waiting]",
    meaning: "the task never leaves the queue; it can be cancelled",
    stuckIn: "PENDING",
  },
  { marker: "[demo:stuck]", meaning: "the task runs and never ends", stuckIn: "RUNNING" },
];

const NONE: Omit<Scenario, "marker" | "meaning"> = {};

/** The first scenario whose marker stands in the prompt; nothing out of the ordinary for most. */
export function scenarioOf(prompt: string): Omit<Scenario, "marker" | "meaning"> {
  return scenarios.find(({ marker }) => prompt.includes(marker)) ?? NONE;
}
