import { expect, test } from "vitest";
import { formatFrameTime, frameAt, lastFrame, stepFrame, timeOfFrame } from "@/components/player/frame-time";
import { commandForKey } from "@/components/player/player-key";

test("seeking to a frame shows that very frame, for every frame of the longest film", () => {
  for (let frame = 0; frame < 450; frame += 1) {
    expect(frameAt(timeOfFrame(frame))).toBe(frame);
    expect(frameAt(frame / 30)).toBe(frame);
  }
});

test("steps stay inside the film", () => {
  expect(lastFrame(5)).toBe(149);
  expect(stepFrame(0, -1, 5)).toBe(0);
  expect(stepFrame(148, 30, 5)).toBe(149);
  expect(stepFrame(64, 1, 5)).toBe(65);
});

test("the time of a frame is exact to the hundredth", () => {
  expect([0, 1, 64, 149, 1830].map(formatFrameTime)).toEqual([
    "0:00.00",
    "0:00.03",
    "0:02.13",
    "0:04.96",
    "1:01.00",
  ]);
});

test("keys are the player's whatever their case, and other keys are not its business", () => {
  expect(commandForKey("K")).toEqual({ type: "toggle-play" });
  expect(commandForKey(",")).toEqual({ type: "step-frames", frames: -1 });
  expect(commandForKey("Tab")).toBeNull();
});
