import { expect, it } from "vitest";
import { toRemoteStatus } from "@/lib/server/providers/dashscope/response";

const at = (output: Record<string, unknown>) =>
  toRemoteStatus({ request_id: "r", output: { task_id: "t", task_status: "RUNNING", ...output } }, {})?.times;

it.each<[string, Record<string, unknown>, unknown]>([
  [
    "a wait and an end",
    {
      submit_time: "2026-04-13 10:45:47.597",
      scheduled_time: "2026-04-13 10:45:56.342",
      end_time: "2026-04-13 10:47:26.273",
    },
    { queueMs: 8745, endMs: 98_676 },
  ],
  [
    "a wait alone while it runs, without milliseconds too",
    { submit_time: "2026-04-13 23:59:58", scheduled_time: "2026-04-14 00:00:03" },
    { queueMs: 5000, endMs: null },
  ],
  ["nothing while it waits", { submit_time: "2026-04-13 10:45:47.597" }, undefined],
  ["nothing without a submission", { scheduled_time: "2026-04-13 10:45:56.342" }, undefined],
  [
    "nothing that lies before it",
    { submit_time: "2026-04-13 10:45:47", end_time: "2026-04-13 10:45:40" },
    undefined,
  ],
  ["nothing that is no time", { submit_time: "soon", scheduled_time: "", end_time: "2026-04-13" }, undefined],
])("the vendor's own clock tells %s", (_name, output, times) => {
  expect(at(output)).toEqual(times);
});
