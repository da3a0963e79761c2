import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { announceChanges } from "@/components/gallery/announcements";
import { cardForKey } from "@/components/gallery/card-navigation";
import { cardRatio } from "@/components/gallery/card-ratio";
import { dayWords, groupByDay } from "@/components/gallery/group-by-day";
import { justifyRows } from "@/components/gallery/justify-rows";
import { layOutDay } from "@/components/gallery/lay-out-day";
import { mergeGenerations } from "@/components/gallery/merge-generations";
import { waitLine } from "@/components/gallery/wait-line";
import type { GenerationView } from "@/lib/domain/generation";
import { clipView, failedView, NOON } from "../factories";

describe("merging", () => {
  const one = clipView({ id: "gen_1", version: 3 });

  test("a late old view never overwrites a newer one, and the same news twice changes nothing", () => {
    const known = mergeGenerations([], [one]);
    expect(mergeGenerations(known, [{ ...one, version: 2, state: "running" }])).toBe(known);
    expect(mergeGenerations(known, [one])).toBe(known);
    expect(mergeGenerations(known, [{ ...one, version: 4, isDismissed: true }])[0]?.isDismissed).toBe(true);
  });

  test("whatever the order in which news arrives, the list is the same: newest first, each once", () => {
    const news = fc.record({ id: fc.constantFrom("gen_a", "gen_b", "gen_c"), version: fc.nat(6) });
    fc.assert(
      fc.property(fc.array(news, { maxLength: 20 }), fc.integer(), (items, seed) => {
        const views = items.map(({ id, version }) =>
          clipView({ id, version, createdAt: NOON + id.charCodeAt(4) }),
        );
        const shuffled = [...views].sort(
          (a, b) => ((a.version * 31 + seed) % 7) - ((b.version * 31 + seed) % 7),
        );
        const straight = mergeGenerations([], views).map(({ id, version }) => [id, version]);
        const other = shuffled.reduce<ReturnType<typeof mergeGenerations>>(
          (list, view) => mergeGenerations(list, [view]),
          [],
        );
        expect(other.map(({ id, version }) => [id, version])).toEqual(straight);
        expect(straight.map(([id]) => id)).toEqual([...new Set(straight.map(([id]) => id))].sort().reverse());
      }),
    );
  });
});

describe("justified rows", () => {
  const frame = { widthPx: 960, targetHeightPx: 230, gapPx: 10 };

  test("keep every item once and in order, and no row but the last leaves the width open", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.45, max: 8, noNaN: true }), { maxLength: 60 }), (ratios) => {
        const items = ratios.map((ratio, index) => ({ ratio, index }));
        const rows = justifyRows(items, ({ ratio }) => ratio, frame);
        expect(rows.flatMap((row) => row.items)).toEqual(items);
        for (const row of rows) {
          const drawn =
            row.items.reduce((sum, { ratio }) => sum + ratio * row.heightPx, 0) +
            frame.gapPx * (row.items.length - 1);
          expect(drawn).toBeCloseTo(row.widthPx, 3);
          expect(row.widthPx).toBeLessThanOrEqual(frame.widthPx + 0.001);
        }
        for (const row of rows.slice(0, -1)) expect(row.widthPx).toBe(frame.widthPx);
      }),
    );
  });

  test("a last row that ends early is no higher than the others may be", () => {
    expect(justifyRows([1], (ratio) => ratio, frame)).toEqual([{ items: [1], widthPx: 230, heightPx: 230 }]);
  });
});

test("a card has the same ratio while it renders and when it is done: nothing jumps", () => {
  const done = clipView();
  const rendering = clipView({ state: "running", clip: null });
  expect(cardRatio(rendering)).toBe(cardRatio(done));
  expect(cardRatio(failedView())).toBeGreaterThan(1.4);
});

describe("a day's rows", () => {
  const size = { targetHeightPx: 230, gapPx: 10 };
  const failedWith = (explanation: string): Partial<GenerationView> => {
    const { failure } = failedView();
    return { ...failedView(), failure: failure && { ...failure, explanation } };
  };
  const CLIP = { assetId: "ast_clip", posterAssetId: "ast_poster", durationSeconds: 5, sizeBytes: 2_000_000 };
  const film = fc
    .double({ min: 0.5, max: 2.4, noNaN: true })
    .map((ratio) => clipView({ clip: { ...CLIP, width: ratio * 1000, height: 1000 } }));
  const failure = fc.integer({ min: 0, max: 700 }).map((length) => clipView(failedWith("w".repeat(length))));
  const takenBack = fc.constant(clipView({ state: "cancelled", clip: null }));
  const day = fc
    .array(fc.oneof(film, failure, takenBack), { maxLength: 30 })
    .map((views) => views.map((view, index) => ({ ...view, id: `gen_${index}` })));

  test("hold every card once, and none of words lowers a picture's row or is stretched to its height", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 290, max: 1900 }), (views, widthPx) => {
        const rows = layOutDay(views, { ...size, widthPx });
        const ids = rows.flatMap(({ items }) => items.map(({ id }) => id));
        expect(ids.toSorted()).toEqual(views.map(({ id }) => id).toSorted());
        for (const { items, heightPx } of rows) {
          const pictures = items.filter(({ clip }) => clip !== null);
          const words = items.filter(({ clip }) => clip === null);
          if (words.length === 0) continue;
          if (pictures.length === 0) expect(heightPx).toBe(50);
          else expect(heightPx).toBeGreaterThanOrEqual(210);
          if (items.length > 1) expect(words.map(({ state }) => state)).not.toContain("cancelled");
        }
      }),
    );
  });

  test("keep the order of time from row to row, and each row within its width", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 290, max: 1900 }), (views, widthPx) => {
        const rows = layOutDay(views, { ...size, widthPx });
        const firsts = rows.map(({ items }) => views.findIndex(({ id }) => id === items[0]?.id));
        expect(firsts).toEqual(firsts.toSorted((left, right) => left - right));
        expect(Math.max(0, ...rows.map((row) => row.widthPx))).toBeLessThanOrEqual(widthPx);
      }),
    );
  });

  test("give a card more width the more it has to say, and a row of its own once that is most of it", () => {
    const [short, longer, longest] = [60, 240, 700].map((length) =>
      clipView({ ...failedWith("w".repeat(length)), id: `gen_${length}` }),
    ) as [GenerationView, GenerationView, GenerationView];
    expect(cardRatio(longer)).toBeGreaterThan(cardRatio(short));
    const besideAFilm = (view: GenerationView) =>
      layOutDay([view, clipView()], { ...size, widthPx: 985 }).map(({ items }) => items.length);
    expect(besideAFilm(short)).toEqual([2]);
    expect(besideAFilm(longest)).toEqual([1, 1]);
    const [alone] = layOutDay([short, clipView()], { ...size, widthPx: 313 });
    expect(alone?.items).toEqual([short]);
  });
});

describe("days", () => {
  const now = NOON;
  const at = (hours: number, different = {}) =>
    clipView({ id: `gen_${hours}`, createdAt: now - hours * 3_600_000, ...different });

  test("are the reader's days, named as people name them", () => {
    const labels = (timeZone: string) =>
      groupByDay([at(1), at(13), at(50), at(24 * 400)], { now, timeZone }).map(({ label }) => label);
    expect(labels("UTC")).toEqual([
      "Today",
      "Yesterday",
      "Wednesday, November 18",
      "Thursday, October 16, 2025",
    ]);
    // Nine hours ahead, thirteen hours ago is still the same day.
    expect(labels("Asia/Tokyo")).toEqual(["Today", "Wednesday, November 18", "Thursday, October 16, 2025"]);
  });

  test("count clips and add what was really spent: nothing for demo clips, nothing for failures", () => {
    const paid = { id: "dashscope", label: "Singapore", isDemo: false };
    const [day] = groupByDay(
      [
        at(1, { connection: paid }),
        at(2, { connection: paid }),
        at(3),
        failedView({ id: "gen_f", connection: paid, createdAt: now }),
      ],
      { now, timeZone: "UTC" },
    );
    expect(day?.clipCount).toBe(3);
    expect(day?.spend).toEqual([{ amountMicro: 1_000_000, currency: "USD" }]);
  });

  test("tell every sum to the cent, in each currency", () => {
    const spend = [
      { amountMicro: 800_000, currency: "USD" },
      { amountMicro: 1_230_000, currency: "CNY" },
    ] as const;
    expect(dayWords({ clipCount: 2, spend: [...spend], others: {} })).toBe("2 clips · $0.80 · ¥1.23");
    expect(dayWords({ clipCount: 1, spend: [], others: {} })).toBe("1 clip");
  });

  test("tell what is in work and what came to nothing, and never of 0 clips", () => {
    const unready = (different: Partial<GenerationView>) => at(1, { clip: null, ...different });
    const wordsOf = (generations: GenerationView[]) =>
      groupByDay(generations, { now, timeZone: "UTC" }).map(dayWords);
    const inWork = [
      unready({ state: "queued", remoteWord: null }),
      unready({ state: "running", remoteWord: "PENDING" }),
      unready({ state: "running", remoteWord: "RUNNING" }),
      unready({ state: "saving" }),
    ];
    expect(wordsOf(inWork)).toEqual(["2 rendering · 2 waiting"]);
    expect(
      wordsOf([
        at(1),
        ...inWork,
        failedView({ createdAt: now }),
        unready({ state: "unconfirmed" }),
        unready({ state: "cancelled" }),
      ]),
    ).toEqual(["1 clip · 2 rendering · 2 waiting · 1 failed · 1 unclear · 1 taken back"]);
  });
});

test("arrows move along the row, and up and down to the card that stands nearest", () => {
  const rows = [
    [
      { id: "a", ratio: 1 },
      { id: "b", ratio: 1 },
      { id: "c", ratio: 2 },
    ],
    [
      { id: "d", ratio: 3 },
      { id: "e", ratio: 1 },
    ],
  ];
  expect(cardForKey(rows, "c", "ArrowRight")).toBe("d");
  expect(cardForKey(rows, "a", "ArrowLeft")).toBeNull();
  expect(cardForKey(rows, "a", "ArrowDown")).toBe("d");
  expect(cardForKey(rows, "c", "ArrowDown")).toBe("e");
  expect(cardForKey(rows, "e", "ArrowUp")).toBe("c");
  expect(cardForKey(rows, "b", "Home")).toBe("a");
  expect(cardForKey(rows, "b", "End")).toBe("e");
  expect(cardForKey(rows, "b", "x")).toBeNull();
});

describe("announcements", () => {
  const running = clipView({ state: "running", clip: null, remoteWord: "RUNNING", version: 2 });

  test("say when a clip is ready and why one failed", () => {
    expect(announceChanges([running], [clipView()])).toBe("“A boat leaves the pier” is ready.");
    expect(announceChanges([running], [failedView()])).toBe(
      "“A boat leaves the pier” failed: Something broke at the vendor.",
    );
  });

  test("say nothing of a mere look at the provider, nor of older pages", () => {
    const looked = { ...running, version: 3, lastCheckedAt: NOON + 5000 };
    expect(announceChanges([running], [looked])).toBeNull();
    expect(announceChanges([], [running])).toBeNull();
  });
});

test("a clip that stands in line tells its place, and is not called late for those in front of it", () => {
  const queued = { state: "queued", failure: null } as const;
  const usual = { usualSeconds: 60, usualWords: "usually about 60 s", isWorked: true };
  expect(waitLine(queued, { ...usual, place: 3, elapsedSeconds: 90 })).toEqual({
    words: "number 3 in line · 1:30",
    usualShare: null,
  });
  expect(waitLine(queued, { ...usual, place: 1, elapsedSeconds: 30 }).words).toBe("next in line · 0:30");
  expect(waitLine(queued, { ...usual, place: null, elapsedSeconds: 30 })).toEqual({
    words: "0:30 · usually about 60 s",
    usualShare: 0.5,
  });
  const unworked = { ...usual, place: 1, isWorked: false };
  expect(waitLine(queued, { ...unworked, elapsedSeconds: 30 })).toEqual({
    words: "Nothing is working on the queue just now; it has not been sent.",
    usualShare: null,
  });
  const running = { state: "running", failure: null } as const;
  expect(waitLine(running, { ...unworked, elapsedSeconds: 30 }).words).toContain("0:30");
  expect(waitLine(running, { ...usual, place: 3, elapsedSeconds: 90 }).words).toBe(
    "1:30 · longer than usual",
  );
});
