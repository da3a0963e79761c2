import { inputRefused, internalError, rateExceeded, type VendorError } from "./vendor-error";

/** What a marker in the prompt makes of a task, so that a person can see each turn on the screen. */
export type Scenario = {
  /** Refuses the request itself, for so many attempts with the same prompt and key; then lets one through. */
  refuseCreate?: { error: VendorError; attempts: number };
  /** The task fails when this share of its run is over. */
  fail?: { error: VendorError; afterShare: number; firstTaskOnly?: boolean };
  slowdown?: number;
};

const scenarios: Record<string, Scenario> = {
  "[demo:refused]": { fail: { error: inputRefused(), afterShare: 0.4 } },
  "[demo:refused-at-create]": { refuseCreate: { error: inputRefused(), attempts: Number.POSITIVE_INFINITY } },
  "[demo:throttled]": { refuseCreate: { error: rateExceeded(), attempts: 2 } },
  "[demo:slow]": { slowdown: 8 },
  "[demo:internal-error]": { fail: { error: internalError(), afterShare: 0.6 } },
  "[demo:refused-once]": { fail: { error: internalError(), afterShare: 0.4, firstTaskOnly: true } },
};

/** The first scenario whose marker stands in the prompt; none for most. */
export function scenarioOf(prompt: string): Scenario {
  const marker = Object.keys(scenarios).find((candidate) => prompt.includes(candidate));
  return (marker !== undefined && scenarios[marker]) || {};
}
