import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLastingSilence } from "@/components/gallery/lasting-silence";
import { SilenceBar } from "@/components/gallery/silence-bar";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  cleanup();
});

function listen() {
  const told: boolean[] = [];
  return { told, silence: createLastingSilence((isHeard) => told.push(isHeard)) };
}

test("a studio that is gone is told of after five seconds, however often the browser tries in between", () => {
  const { told, silence } = listen();
  for (const atMs of [0, 2000, 4000]) {
    vi.advanceTimersByTime(atMs === 0 ? 0 : 2000);
    silence.note(false);
  }
  vi.advanceTimersByTime(999);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([false]);
  silence.note(true);
  expect(told).toEqual([false, true]);
});

test("a stream that is cut and comes back at once is not spoken of", () => {
  const { told, silence } = listen();
  silence.note(false);
  vi.advanceTimersByTime(3000);
  silence.note(true);
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([true]);
  silence.note(false);
  silence.end();
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([true]);
});

test("the page says that the studio does not answer, in a place that a screen reader knew before", () => {
  const { rerender } = render(<SilenceBar isHeard />);
  const place = screen.getByRole("status");
  expect(place.textContent).toBe("");
  rerender(<SilenceBar isHeard={false} />);
  expect(place.textContent).toContain("The studio does not answer. Reconnecting…");
  rerender(<SilenceBar isHeard />);
  expect(place.textContent).toBe("");
});
