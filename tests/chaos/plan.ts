import { createRandom } from "../simulation/random";

/** When a process dies: as an order is sent to the studio, or as a request of that kind passes to the vendor. */
export const MOMENTS = ["order", "start", "look", "save"] as const;
export type Moment = (typeof MOMENTS)[number];

/** What dies: one program, or the server and the vendor together. */
export const TARGETS = ["server", "worker", "database", "emulator", "both"] as const;
export type Target = (typeof TARGETS)[number];

/** How often each is chosen, by how often it stands here. */
export const EMBEDDED: readonly Target[] = ["server", "server", "server", "emulator", "emulator", "both"];
export const SCALED: readonly Target[] = ["server", "worker", "worker", "database", "database", "emulator"];

export type Kill = {
  target: Target;
  moment: Moment;
  /** At which of these moments since the schedule began, 1 is the first. */
  nth: number;
  /** After the moment. */
  delayMs: number;
  /** Until it is started again. */
  downMs: number;
};

export type Order = {
  requestId: string;
  /** No other order has it, so that the emulator's tasks can be counted by it. */
  prompt: string;
  afterMs: number;
  /** The same request so often at once, as a double click or a proxy would send it. */
  copies: number;
  /** Sent again when its answer is here already. */
  isRepeated: boolean;
  /** Whoever ordered does not try again when no answer comes. */
  isGivenUp: boolean;
};

export type Plan = { seed: number; orders: Order[]; kills: Kill[] };

/** The same seed gives the same plan; how far each process has come when it dies is the machine's own affair. */
export function planSchedule(seed: number, targets: readonly Target[]): Plan {
  const { chance, integer, pick } = createRandom(seed);
  const orders = Array.from({ length: integer(1, 3) }, (_, index) => ({
    requestId: `req_${String(10 * seed + index).padStart(26, "0")}`,
    // A lost answer on top: the emulator takes the task and cuts the line before its reply.
    prompt: `Boat ${index} of schedule ${seed}${chance(0.15) ? " [demo:cut]" : ""}`,
    afterMs: integer(0, 400),
    copies: chance(0.3) ? integer(2, 3) : 1,
    isRepeated: chance(0.3),
    isGivenUp: chance(0.2),
  }));
  const kills = Array.from({ length: chance(0.25) ? 2 : 1 }, () => ({
    target: pick(targets),
    moment: pick(["order", "start", "start", "look", "save"] as const),
    nth: integer(1, Math.min(2, orders.length)),
    delayMs: chance(0.5) ? integer(0, 15) : integer(0, 500),
    downMs: integer(0, 1000),
  }));
  return { seed, orders, kills };
}
