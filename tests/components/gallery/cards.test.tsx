import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { GalleryActions } from "@/components/gallery/gallery-actions";
import { GenerationCard } from "@/components/gallery/generation-card";
import { RenderedAtProvider } from "@/components/ui/now";
import { offersCancel } from "@/lib/domain/cancel-offer";
import type { ConnectionPlace } from "@/lib/domain/connection";
import type { GenerationView } from "@/lib/domain/generation";
import { generationTitle } from "@/lib/domain/generation-title";
import { clipView, failedView } from "../factories";

beforeAll(() => {
  // happy-dom has no top layer; what matters here is what a dialog says.
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(cleanup);

const SINGAPORE: ConnectionPlace = { vendor: "dashscope", region: "ap-southeast-1" };

function draw(
  view: GenerationView,
  usualSeconds: number | null = null,
  refusal: string | null = null,
  place: ConnectionPlace = SINGAPORE,
) {
  const asked: string[] = [];
  const note = (what: string) => async () => void asked.push(what);
  const actions: GalleryActions = {
    open: note("open"),
    reuse: note("reuse"),
    share: note("share"),
    retry: note("retry"),
    offersCancel: (shown) => offersCancel(shown, place),
    cancel: note("cancel"),
    closeUnconfirmed: note("close"),
    takeOverTask: async (_view, taskId) => void asked.push(`take ${taskId}`),
    dismiss: note("dismiss"),
    priceOf: () => ({ amountMicro: 500_000, currency: "USD" }),
    refuseAgain: () => refusal,
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

test("a continuation on its way shows the clip that it grows from", () => {
  const clip = {
    assetId: "ast_take",
    fileName: "take.mp4",
    width: 1280,
    height: 720,
    durationSeconds: 3,
    sizeBytes: 900_000,
    mediaType: "video/mp4",
  };
  draw(clipView({ state: "running", clip: null, mode: "continue", media: { firstClip: clip } }));
  expect(document.querySelector("img")?.getAttribute("src")).toBe("/api/assets/ast_take/preview");
});

test.each(["queued", "submitting", "running", "saving"] as const)(
  "a card that is %s says which film it will be and for how much",
  (state) => {
    const connection = { id: "ds", label: "Singapore", isDemo: false };
    draw(clipView({ state, clip: null, connection }));
    expect(screen.getByText("A boat leaves the pier")).toBeTruthy();
    expect(screen.getByText("$0.50")).toBeTruthy();
    cleanup();
    draw(clipView({ state, clip: null }));
    expect(screen.getByText("would cost $0.50")).toBeTruthy();
  },
);

test("of many cards on their way each Cancel says aloud which film it takes back", () => {
  draw(clipView({ state: "queued", clip: null }));
  draw(clipView({ state: "queued", clip: null, parameters: { ...clipView().parameters, prompt: "Rain" } }));
  const names = screen.getAllByRole("button").map((button) => button.getAttribute("aria-label"));
  expect(names).toEqual(["Cancel “A boat leaves the pier”", "Cancel “Rain”"]);
});

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
  expect(asked).toEqual(["retry", "reuse", "dismiss"]);
});

test("what was refused for its content is not offered for sale unchanged", () => {
  const { failure } = failedView();
  draw(failedView({ failure: failure && { ...failure, advice: "change-and-retry" } }));
  expect(screen.queryByRole("button", { name: /^Retry/ })).toBeNull();
  expect(screen.getByRole("button", { name: "Change and retry" })).toBeTruthy();
});

test.each(["queued", "submitting", "running"] as const)("what is %s can be cancelled", async (state) => {
  const asked = draw(clipView({ state, clip: null, remoteWord: state === "running" ? "PENDING" : null }));
  await press(/^Cancel/);
  expect(asked).toEqual(["cancel"]);
});

test.each(["RUNNING", "generating"])(
  "a film that its vendor calls %s has no Cancel, which could only come too late",
  (remoteWord) => {
    draw(clipView({ state: "running", clip: null, remoteWord }));
    expect(screen.getByText("Rendering")).toBeTruthy();
    expect(screen.queryByRole("button", { name: /^Cancel/ })).toBeNull();
  },
);

test("where the vendor takes nothing back, a Cancel is offered only until it is sent", () => {
  const drawAt = (state: GenerationView["state"], remoteWord: string | null) =>
    draw(clipView({ state, clip: null, remoteWord }), null, null, { vendor: "aimlapi" });
  for (const [state, remoteWord] of [
    ["submitting", null],
    ["running", null],
    ["running", "queued"],
  ] as const) {
    drawAt(state, remoteWord);
    expect(screen.queryByRole("button", { name: /^Cancel/ }), `${state} ${remoteWord}`).toBeNull();
    cleanup();
  }
  drawAt("queued", null);
  expect(screen.getByRole("button", { name: /^Cancel/ })).toBeTruthy();
});

test.each([null, "UNKNOWN", "SUSPENDED"])(
  "a Cancel is offered while nobody knows better: %s",
  (remoteWord) => {
    draw(clipView({ state: "running", clip: null, remoteWord }));
    expect(screen.getByRole("button", { name: /^Cancel/ })).toBeTruthy();
  },
);

test("a film that is being saved cannot be cancelled, and a cancel is not asked for twice", () => {
  draw(clipView({ state: "saving", clip: null }));
  expect(screen.queryByRole("button", { name: /^Cancel/ })).toBeNull();
  cleanup();
  draw(clipView({ state: "running", clip: null, cancel: "asked", remoteWord: "PENDING" }));
  expect(screen.queryByRole("button", { name: /^Cancel/ })).toBeNull();
  expect(screen.getByText("Cancelling…")).toBeTruthy();
});

const paid = { id: "ds", label: "Singapore", isDemo: false };

test.each([
  [{ cancel: "too-late", connection: paid }, /already being made.*is kept when it comes\. It is charged\.$/],
  [{ cancel: "too-late" }, /already being made.*In demo mode nothing is charged\.$/],
  [
    { cancel: "not-offered", connection: paid },
    /takes nothing back.*is kept when it comes\. It is charged\.$/,
  ],
] satisfies [Partial<GenerationView>, RegExp][])(
  "a cancel that came to nothing says what becomes of the film and of the money: %j",
  (different, words) => {
    draw(clipView({ state: "running", clip: null, remoteWord: "RUNNING", ...different }));
    expect(screen.getByText("Rendering, too late to cancel")).toBeTruthy();
    expect(screen.getByText(words)).toBeTruthy();
    expect(screen.queryByRole("button", { name: /^Cancel/ })).toBeNull();
  },
);

test("a clip that was cancelled too late is shown, and why it is there", () => {
  draw(clipView({ state: "cancelled", cancel: "too-late", connection: paid }));
  expect(screen.getByText("Cancelled too late; kept, because it was charged.")).toBeTruthy();
  cleanup();
  draw(clipView({ connection: paid }));
  expect(screen.queryByText(/Cancelled/)).toBeNull();
});

test("what was taken back says whether it had been sent, and that it cost nothing", () => {
  const gone = { state: "cancelled", clip: null, cancel: "asked", connection: paid } as const;
  draw(clipView({ ...gone, submittedAt: null }));
  expect(screen.getByText("It was not sent. Nothing was charged.")).toBeTruthy();
  cleanup();
  draw(clipView(gone));
  expect(
    screen.getByText("It was ended at the provider before a film was made. Nothing was charged."),
  ).toBeTruthy();
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

test("a start of unknown fate says which one it is, and is closed only after a second word", async () => {
  const view = clipView({ state: "unconfirmed", clip: null });
  const asked = draw(view);
  expect(screen.getByText(`“${generationTitle(view)}”`)).toBeTruthy();
  await press("Close it");
  expect(asked).toEqual([]);
  await press("Close it for good");
  expect(asked).toEqual(["close"]);
});

test("a retry that a cap holds back says why and asks for nothing", async () => {
  const view = failedView({ connection: { id: "ds", label: "Singapore", isDemo: false } });
  const asked = draw(view, null, "Over your cap.");
  const retry = screen.getByRole("button", { name: "Retry $0.50" });
  expect(retry.getAttribute("aria-disabled")).toBe("true");
  expect(document.getElementById(retry.getAttribute("aria-describedby") ?? "")?.textContent).toBe(
    "Over your cap.",
  );
  await press("Retry $0.50");
  expect(asked).toEqual([]);
});

const undecided = (sentAt: number) =>
  failedView({
    state: "unconfirmed",
    submittedAt: sentAt,
    finishedAt: null,
    failure: {
      kind: "unconfirmed",
      title: "No clear answer to the start",
      explanation: "Say which it is.",
      input: null,
      charged: "unknown",
      advice: "decide",
      raw: null,
      candidates: [
        { taskId: "task-1", createdAt: sentAt - 1_000 },
        { taskId: "task-2", createdAt: sentAt + 2_000 },
      ],
    },
  });

test("a start that may be one of several tasks lets its person say which, and names them for the vendor's console", async () => {
  const asked = draw(undecided(Date.now() - 600_000));
  await press("Take task 1, made 1 s before this was sent");
  await press("Take task 2, made 2 s after this was sent");
  expect(asked).toEqual(["take task-1", "take task-2"]);
  await press("Details");
  expect(screen.getByText("task-2")).toBeTruthy();
});

test("a start without an answer is closed only once no answer can come, and asks first", async () => {
  const asked = draw(undecided(Date.now()));
  await press("Close it");
  expect(screen.getByText(/may still answer/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Close it for good" })).toBeNull();
  cleanup();
  draw(undecided(Date.now() - 600_000));
  await press("Close it");
  expect(screen.getByText(/stays counted as held/)).toBeTruthy();
  expect(asked).toEqual([]);
});
