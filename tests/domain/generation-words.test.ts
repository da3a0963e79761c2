import { describe, expect, test } from "vitest";
import { cancelNote } from "@/lib/domain/cancel-note";
import { formatAgo, formatClock } from "@/lib/domain/clock-time";
import { lookOf, statusTitle } from "@/lib/domain/generation-status";
import { generationTitle } from "@/lib/domain/generation-title";
import { clipView, failedView } from "../components/factories";

describe("the title", () => {
  const titled = (prompt: string) =>
    generationTitle(clipView({ parameters: { ...clipView().parameters, prompt } }));

  test("is the first sentence of the prompt", () => {
    expect(titled("A boat leaves the pier. Slow push in.")).toBe("A boat leaves the pier");
    expect(titled("Dunes at 4.5 m/s\nslow crane up")).toBe("Dunes at 4.5 m/s");
  });

  test("never grows beyond eighty characters, counted as people count them", () => {
    expect(Array.from(titled("🌊".repeat(200)))).toHaveLength(80);
  });

  test("falls back to the picture's name when nothing was written", () => {
    expect(titled("  ")).toBe("From pier.jpg");
  });
});

describe("the state in words", () => {
  test("tells waiting at the provider from rendering there", () => {
    const running = { state: "running", clip: null } as const;
    expect(statusTitle(clipView({ ...running, remoteWord: "PENDING" }))).toBe(
      "Waiting for a free slot at the provider",
    );
    expect(statusTitle(clipView({ ...running, remoteWord: "RUNNING" }))).toBe("Rendering");
  });

  test("reads both vendors' words for the same, and hides none while a cancel comes to nothing", () => {
    const running = { state: "running", clip: null } as const;
    expect(statusTitle(clipView({ ...running, remoteWord: "queued" }))).toBe(
      "Waiting for a free slot at the provider",
    );
    expect(statusTitle(clipView({ ...running, remoteWord: "generating" }))).toBe("Rendering");
    expect(statusTitle(clipView({ ...running, remoteWord: "SUSPENDED", cancel: "too-late" }))).toBe(
      "The provider says “SUSPENDED”, too late to cancel",
    );
  });

  test("shows a vendor's word that nobody foresaw as it came", () => {
    const odd = clipView({ state: "running", clip: null, remoteWord: "SUSPENDED" });
    expect(statusTitle(odd)).toBe("The provider says “SUSPENDED”");
  });

  test("a cancel that came too late still shows the clip that was paid for", () => {
    expect(lookOf(clipView({ state: "cancelled" }))).toBe("clip");
    expect(statusTitle(clipView({ state: "cancelled" }))).toBe("Cancelled too late");
    expect(lookOf(clipView({ state: "cancelled", clip: null }))).toBe("withdrawn");
  });

  test("a cancel has nothing more to say once it worked, or once the row failed for another reason", () => {
    const asked = { cancel: "asked", clip: null } as const;
    expect(cancelNote(clipView({ ...asked, state: "cancelled" }))).toBeNull();
    expect(cancelNote(failedView({ cancel: "too-late" }))).toBeNull();
    expect(cancelNote(clipView({ state: "running", clip: null }))).toBeNull();
    expect(cancelNote(clipView({ ...asked, state: "submitting" }))).toContain("as soon as it answers");
    expect(cancelNote(clipView({ ...asked, state: "unconfirmed" }))).toContain("You asked to cancel it");
  });

  test("a failure is headed by its own title", () => {
    expect(statusTitle(failedView())).toBe("Something broke at the vendor");
  });
});

test("times read as people say them", () => {
  expect([0, 5, 84, 3723].map(formatClock)).toEqual(["0:00", "0:05", "1:24", "1:02:03"]);
  expect([0.4, 3, 240, 7200].map(formatAgo)).toEqual(["just now", "3 s ago", "4 min ago", "2 h ago"]);
});
