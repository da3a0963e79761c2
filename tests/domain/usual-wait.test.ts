import { expect, test } from "vitest";
import { formatUsualWait, usualWait, waitKindOf } from "@/lib/domain/usual-wait";
import { clipView, failedView, NOON } from "../components/factories";

const kind = waitKindOf(clipView());
const took = (seconds: number, different = {}) =>
  clipView({ id: `gen_${seconds}`, finishedAt: NOON + seconds * 1000, ...different });

test("without a finished clip of the same kind nothing is claimed", () => {
  const longer = clipView({ parameters: { ...clipView().parameters, durationSeconds: 10 } });
  const elsewhere = clipView({ connection: { id: "dashscope", label: "Singapore", isDemo: false } });
  expect(usualWait([longer, elsewhere, failedView()], kind)).toBeNull();
});

test("the usual wait runs from the middle to the slow end of our own history", () => {
  const history = [100, 120, 140, 160, 180, 200, 220, 240, 260, 280].map((seconds) => took(seconds));
  expect(usualWait(history, kind)).toEqual({ lowSeconds: 200, highSeconds: 280 });
});

test("only the latest twenty clips count: a provider that got faster is believed", () => {
  const slow = Array.from({ length: 30 }, (_, index) => took(900 + index));
  const fast = Array.from({ length: 20 }, (_, index) =>
    clipView({ id: `gen_fast${index}`, createdAt: NOON + 1000, finishedAt: NOON + 1000 + 20_000 }),
  );
  expect(usualWait([...slow, ...fast], kind)).toEqual({ lowSeconds: 20, highSeconds: 20 });
});

test.each([
  [{ lowSeconds: 22, highSeconds: 24 }, "usually about 25 s"],
  [{ lowSeconds: 12, highSeconds: 38 }, "usually 15–40 s"],
  [{ lowSeconds: 110, highSeconds: 230 }, "usually 2–4 min"],
  [{ lowSeconds: 150, highSeconds: 150 }, "usually about 3 min"],
])("%o reads as words", (wait, words) => {
  expect(formatUsualWait(wait)).toBe(words);
});
