import type { Random } from "./random";

/** A task from its acceptance to its end, and how much of that the vendor says it waited; null where it does not say. */
export type BenchRun = { endMs: number; queueMs: number | null };

/** The runs from `from` to `until` are measured; those before were observed. */
export type LookStage = {
  name: string;
  from: number;
  until: number;
  /** How many seeded series are replayed. */
  series: number;
  isLearning: boolean;
  /** Whether the promises hold here, or the line only shows how it goes. */
  isHeld: boolean;
};

export type LookScenario = {
  name: string;
  stages: LookStage[];
  /** The run with this number. */
  run: (random: Random, index: number) => BenchRun;
};

const CHANGE_AT = 100;
const MEASURED = 500;

const afterRuns = (count: number, isHeld: boolean): LookStage => ({
  name: `after ${count}`,
  from: count,
  until: count + MEASURED,
  series: 40,
  isLearning: false,
  isHeld,
});
const settled = [afterRuns(50, true)];
const learning = [afterRuns(0, false), afterRuns(5, false), afterRuns(20, false), ...settled];
const changing: LookStage[] = [
  {
    name: "first 50 after",
    from: CHANGE_AT,
    until: CHANGE_AT + 50,
    series: 10,
    isLearning: true,
    isHeld: false,
  },
  { ...afterRuns(CHANGE_AT + 50, true), name: "50 after" },
];

function around(random: Random, medianSeconds: number, spread: number): BenchRun {
  return { endMs: 1000 * medianSeconds * Math.exp(spread * random.normal()), queueMs: null };
}

/**
 * The samples of the vendor's pages: 64 s and 99 s from submit to end, and about ten minutes for 15 s of film in an
 * older one. (API references of wan2.6 and wan2.7, "Query the result by task ID"; the AI/ML API's page of wan-2-7-i2v.)
 */
const SAMPLE_SECONDS = [64, 99, 600];
const SPREADS = [0.1, 0.2, 0.3, 0.4, 0.5];

export const lookScenarios: LookScenario[] = [
  ...SAMPLE_SECONDS.flatMap((median) =>
    SPREADS.map((spread) => ({
      name: `log-normal ${median} s, spread ${spread}`,
      stages: median === 99 && spread === 0.2 ? learning : settled,
      run: (random: Random) => around(random, median, spread),
    })),
  ),
  ...[0.1, 0.2].map((spread) => ({
    name: `60 or 180 s, spread ${spread}`,
    stages: settled,
    run: (random: Random) => around(random, random.uniform() < 0.5 ? 60 : 180, spread),
  })),
  {
    name: "80 s, one in ten 300 s, spread 0.15",
    stages: settled,
    run: (random) => around(random, random.uniform() < 0.9 ? 80 : 300, 0.15),
  },
  ...(
    [
      [80, 140],
      [150, 70],
      [90, 105],
    ] as const
  ).map(([before, after]) => ({
    name: `${before} s, then ${after} s, spread 0.15`,
    stages: changing,
    run: (random: Random, index: number) => around(random, index < CHANGE_AT ? before : after, 0.15),
  })),
  {
    name: "60 or 180 s, then 90 s, spread 0.15",
    stages: changing,
    run: (random, index) => {
      const isSlow = random.uniform() < 0.5;
      return around(random, index >= CHANGE_AT ? 90 : isSlow ? 180 : 60, 0.15);
    },
  },
  {
    name: "waits 0 to 120 s as the vendor tells, then 90 s, spread 0.1",
    stages: settled,
    run: (random) => {
      const queueMs = 120_000 * random.uniform();
      return { endMs: queueMs + around(random, 90, 0.1).endMs, queueMs };
    },
  },
];
