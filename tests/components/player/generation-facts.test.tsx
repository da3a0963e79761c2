import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { GenerationFacts } from "@/components/player/generation-facts";
import type { GenerationView } from "@/lib/domain/generation";
import { readUsage } from "@/lib/domain/usage";
import { clipView } from "../factories";

afterEach(cleanup);

const paid = { id: "ds", label: "Singapore", isDemo: false };

function draw(different: Partial<GenerationView>) {
  render(<GenerationFacts view={clipView({ connection: paid, ...different })} />);
}

test.each([
  [{ duration: 5, SR: 720, video_count: 1 }, "5 s at 720P, as billed by the vendor"],
  [
    { duration: 15, input_video_duration: 3, output_video_duration: 12, video_count: 1, SR: 1080 },
    "15 s at 1080P, the clip's 3 s among them, as billed by the vendor",
  ],
  [{ duration: 5, SR: 720, audio: false }, "5 s at 720P without sound, as billed by the vendor"],
  [{ video_duration: 5, video_ratio: "standard", video_count: 1 }, "5 s, as billed by the vendor"],
  [{ credits_used: 1_575_000, usd_spent: 0.7875 }, "$0.7875 (1,575,000 credits), as billed by the vendor"],
])("what the vendor billed stands with the price: %j", (usage, words) => {
  draw({ usage: readUsage(usage) });
  expect(screen.getByText("Billed").nextElementSibling?.textContent).toBe(words);
});

test("a demo says that nobody billed it, and a vendor that says nothing is not quoted", () => {
  draw({ usage: readUsage({ duration: 5, SR: 720 }), connection: clipView().connection });
  expect(screen.getByText("5 s at 720P, as a vendor would bill it")).toBeTruthy();
  cleanup();
  draw({ usage: null });
  expect(screen.queryByText("Billed")).toBeNull();
});

test("the prompt as the model read it is shown where the vendor tells it, of whatever model", () => {
  draw({ actualPrompt: "A boat leaves the pier in soft light." });
  expect(screen.getByRole("heading", { name: "As the model read it" })).toBeTruthy();
  expect(screen.getByText("A boat leaves the pier in soft light.")).toBeTruthy();
  cleanup();
  // Nothing was rewritten, or nothing was told.
  for (const actualPrompt of [clipView().parameters.prompt, "", null]) draw({ actualPrompt });
  expect(screen.queryByRole("heading", { name: "As the model read it" })).toBeNull();
});

test("a clip that was cancelled too late says so in its details, too", () => {
  draw({ state: "cancelled", cancel: "too-late" });
  expect(screen.getByText("Cancelled too late; kept, because it was charged.")).toBeTruthy();
});
