import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { GalleryActions } from "@/components/gallery/gallery-actions";
import { GenerationCard } from "@/components/gallery/generation-card";
import { RenderedAtProvider } from "@/components/ui/now";
import type { GenerationView } from "@/lib/domain/generation";
import { clipView, failedView } from "../factories";

beforeAll(() => {
  // happy-dom has no top layer; what matters here is what a dialog says.
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(cleanup);

function draw(view: GenerationView, usualSeconds: number | null = null) {
  const asked: string[] = [];
  const note = (what: string) => async () => void asked.push(what);
  const actions: GalleryActions = {
    open: note("open"),
    reuse: note("reuse"),
    share: note("share"),
    retry: async (_view, requestId) => {
      asked.push(`retry ${requestId.slice(0, 4)}`);
      return true;
    },
    cancel: note("cancel"),
    closeUnconfirmed: note("close"),
    dismiss: note("dismiss"),
    priceOf: () => ({ amountMicro: 500_000, currency: "USD" }),
  };
  render(
    <RenderedAtProvider renderedAt={Date.now()}>
      <GenerationCard
        view={view}
        actions={actions}
        tabIndex={0}
        isPreviewing={false}
        usualSeconds={usualSeconds}
        usualWords={usualSeconds === null ? null : "usually 2–4 min"}
      />
    </RenderedAtProvider>,
  );
  return asked;
}

const press = (name: string | RegExp) => userEvent.click(screen.getByRole("button", { name }));

test("a failure says what happened and what to press, and the vendor's own words one click deeper", async () => {
  const asked = draw(failedView({ connection: { id: "ds", label: "Singapore", isDemo: false } }));
  expect(screen.getByRole("heading", { name: "Something broke at the vendor" })).toBeTruthy();
  expect(screen.getByText("It ended without a clip. Nothing was charged.")).toBeTruthy();
  expect(screen.queryByText("InternalError")).toBeNull();
  await press("Details");
  expect(screen.getByText("InternalError")).toBeTruthy();
  expect(screen.getByText("req-7")).toBeTruthy();
  await press("Retry $0.50");
  await press("Change and retry");
  await press("Dismiss");
  expect(asked).toEqual(["retry req_", "reuse", "dismiss"]);
});

test("what was refused for its content is not offered for sale unchanged", () => {
  const { failure } = failedView();
  draw(failedView({ failure: failure && { ...failure, advice: "change-and-retry" } }));
  expect(screen.queryByRole("button", { name: /^Retry/ })).toBeNull();
  expect(screen.getByRole("button", { name: "Change and retry" })).toBeTruthy();
});

test("only a generation that was not sent can be cancelled", async () => {
  const asked = draw(clipView({ state: "queued", clip: null }));
  await press("Cancel");
  expect(asked).toEqual(["cancel"]);
  cleanup();
  draw(clipView({ state: "running", clip: null, remoteWord: "RUNNING" }));
  expect(screen.queryByRole("button", { name: "Cancel" })).toBeNull();
});

test("a card in flight tells its time and the last look, and beyond the usual it claims nothing", () => {
  const running = { state: "running", clip: null, remoteWord: "RUNNING" } as const;
  const now = Date.now();
  draw(clipView({ ...running, createdAt: now - 84_000, lastCheckedAt: now - 3_000 }), 240);
  expect(screen.getByText(/^1:24 · usually 2–4 min$/)).toBeTruthy();
  expect(screen.getByText("checked 3 s ago")).toBeTruthy();
  cleanup();
  draw(clipView({ ...running, createdAt: now - 300_000 }), 240);
  expect(screen.getByText("5:00 · longer than usual")).toBeTruthy();
});

test("a start of unknown fate is closed only after a second word", async () => {
  const asked = draw(clipView({ state: "unconfirmed", clip: null }));
  await press("Close it");
  expect(asked).toEqual([]);
  await press("Close it for good");
  expect(asked).toEqual(["close"]);
});
