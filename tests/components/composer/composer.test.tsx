import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Composer } from "@/components/composer/composer";
import { draftKey } from "@/components/composer/draft-storage";
import { useComposer } from "@/components/composer/use-composer";
import { ToastProvider } from "@/components/ui/toast";
import type { ConnectionView } from "@/lib/domain/connection";
import type { GenerationView } from "@/lib/domain/generation";
import type { GenerationEnvelope } from "@/lib/domain/models/generation-input";
import type { CapUse } from "@/lib/domain/spend";
import type { ActionResult, StudioActions } from "@/lib/domain/studio";
import { clipView, demoConnection } from "../factories";

const drop = { wantedSlot: null, choose: () => {} };

function Form({
  createGeneration,
  usualWait = null,
  connection = demoConnection,
  caps = [],
  generations = [],
}: Pick<StudioActions, "createGeneration"> & {
  usualWait?: string | null;
  connection?: ConnectionView;
  caps?: readonly CapUse[];
  generations?: readonly GenerationView[];
}) {
  const composer = useComposer({
    viewerKey: "local",
    connections: [connection],
    caps,
    generations,
    createGeneration,
    onCreated: () => {},
    onRefused: () => {},
  });
  return <Composer composer={composer} drop={drop} usualWait={usualWait} />;
}

/** A draft whose picture is already in the studio. */
function storeDraft() {
  const requestId = `req_${"a".repeat(26)}`;
  localStorage.setItem(
    draftKey("local"),
    JSON.stringify({
      requestId,
      modelId: "wan2.7-i2v",
      parameters: {
        prompt: "Rain on a window",
        negativePrompt: "",
        resolution: "720P",
        durationSeconds: 5,
        seed: null,
        promptExtend: true,
        watermark: false,
      },
      media: {
        firstFrame: { assetId: "ast_1", fileName: "a.png", width: 750, height: 1000, durationSeconds: null },
      },
    }),
  );
  return requestId;
}

function server(answer: ActionResult<GenerationView> = { ok: true, value: clipView({ state: "queued" }) }) {
  const sent: GenerationEnvelope[] = [];
  let release = () => {};
  const createGeneration: StudioActions["createGeneration"] = (input) => {
    sent.push(input);
    return new Promise((resolve) => {
      release = () => resolve(answer);
    });
  };
  return { sent, createGeneration, answer: () => release() };
}

const generate = () => screen.getByRole("button", { name: /^(Generate|Sending|Sent)/ });

beforeEach(() => localStorage.clear());
afterEach(cleanup);

test("an empty form says why it cannot be sent, and pressing sends nothing", async () => {
  const { sent, createGeneration } = server();
  render(<Form createGeneration={createGeneration} />);
  expect(generate().getAttribute("aria-disabled")).toBe("true");
  expect(screen.getByText("Add a first frame: the picture the film starts on.")).toBeTruthy();
  await userEvent.click(generate());
  expect(sent).toEqual([]);
});

test("a draft comes back after a reload, with its price and the size it will have", async () => {
  storeDraft();
  render(<Form createGeneration={server().createGeneration} usualWait="usually 2–4 min" />);
  expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Prompt" }).value).toBe("Rain on a window");
  expect(screen.getByText("Output 816 × 1104, from your first frame (3:4)")).toBeTruthy();
  expect(generate().textContent).toContain("$0.50");
  expect(screen.getByText("usually 2–4 min · demo mode, nothing is charged")).toBeTruthy();
});

test("the price on the button follows duration and resolution", async () => {
  storeDraft();
  render(<Form createGeneration={server().createGeneration} />);
  screen.getByRole("slider", { name: "Duration" }).focus();
  await userEvent.keyboard("{ArrowRight}");
  expect(generate().textContent).toContain("$0.60");
  await userEvent.click(screen.getByRole("radio", { name: "1080P" }));
  expect(generate().textContent).toContain("$0.90");
  screen.getByRole("slider", { name: "Duration" }).focus();
  await userEvent.keyboard("{End}{ArrowRight}");
  expect(screen.getByRole("slider").getAttribute("aria-valuetext")).toBe("15 seconds");
  await userEvent.keyboard("{Home}{ArrowLeft}");
  expect(screen.getByRole("slider").getAttribute("aria-valuetext")).toBe("2 seconds");
});

test("two presses on one draft send it once, and the next take is a new request", async () => {
  const requestId = storeDraft();
  const { sent, createGeneration, answer } = server();
  render(<Form createGeneration={createGeneration} />);
  await userEvent.dblClick(generate());
  expect(sent.map((input) => input.requestId)).toEqual([requestId]);
  answer();
  await waitFor(() => expect(generate().textContent).toContain("Sent"));

  await userEvent.type(
    screen.getByRole("textbox", { name: "Prompt" }),
    " at night{Control>}{Enter}{/Control}",
  );
  expect(sent).toHaveLength(2);
  expect(sent[1]?.requestId).not.toBe(requestId);
  expect(sent[1]?.parameters.prompt).toBe("Rain on a window at night");
});

test("a refusal stands at its field and keeps everything the creator wrote", async () => {
  storeDraft();
  const { createGeneration, answer } = server({
    ok: false,
    error: {
      code: "invalid-input",
      message: "The draft was refused.",
      fields: { prompt: "This word is not taken." },
    },
  });
  render(<Form createGeneration={createGeneration} />);
  await userEvent.click(generate());
  answer();
  expect(await screen.findByText("This word is not taken.")).toBeTruthy();
  expect(screen.queryByText("The draft was refused.")).toBeNull();
  const prompt = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Prompt" });
  expect(prompt.value).toBe("Rain on a window");
  expect(prompt.getAttribute("aria-invalid")).toBe("true");
});

test("a refusal of no field stands beside the button", async () => {
  storeDraft();
  const { createGeneration, answer } = server({
    ok: false,
    error: { code: "price-changed", message: "The price is $0.60 now." },
  });
  render(<Form createGeneration={createGeneration} />);
  await userEvent.click(generate());
  answer();
  await waitFor(() => expect(screen.getByRole("alert").textContent).toBe("The price is $0.60 now."));
});

test("a server that cannot be reached loses nothing, and pressing again is the same request", async () => {
  const requestId = storeDraft();
  const sent: string[] = [];
  const createGeneration: StudioActions["createGeneration"] = async (input) => {
    sent.push(input.requestId);
    throw new Error("network");
  };
  render(<Form createGeneration={createGeneration} />);
  await userEvent.click(generate());
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("never made twice"));
  await userEvent.click(generate());
  expect(sent).toEqual([requestId, requestId]);
});

test("a lost answer is spoken of no more once the order is in the gallery, and the next press is another take", async () => {
  const requestId = storeDraft();
  const sent: string[] = [];
  const createGeneration: StudioActions["createGeneration"] = async (input) => {
    sent.push(input.requestId);
    throw new Error("network");
  };
  const other = clipView({ requestId: "req_another" });
  const { rerender } = render(
    <ToastProvider>
      <Form createGeneration={createGeneration} generations={[other]} />
    </ToastProvider>,
  );
  await userEvent.click(generate());
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("did not answer"));

  const arrived = clipView({ requestId, state: "queued", clip: null });
  rerender(
    <ToastProvider>
      <Form createGeneration={createGeneration} generations={[arrived, other]} />
    </ToastProvider>,
  );
  await waitFor(() => expect(screen.getByRole("alert").textContent).toBe(""));
  expect(screen.getByText("The studio did get it: it is in the gallery.")).toBeTruthy();
  // Whoever was about to press again does not pay for a second one.
  expect(generate().textContent).toContain("Sent");
  await userEvent.click(generate());
  expect(sent).toEqual([requestId]);

  await userEvent.type(screen.getByRole("textbox", { name: "Prompt" }), "!{Control>}{Enter}{/Control}");
  expect(sent).toHaveLength(2);
  expect(sent[1]).not.toBe(requestId);
});

describe("while the clock is the test's own", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("four impatient presses on one draft are one paid clip, and a press after that is another take", async () => {
    const requestId = storeDraft();
    const sent: string[] = [];
    const createGeneration: StudioActions["createGeneration"] = async (input) => {
      sent.push(input.requestId);
      return { ok: true, value: clipView({ state: "queued" }) };
    };
    render(<Form createGeneration={createGeneration} />);
    for (let presses = 0; presses < 4; presses += 1) {
      fireEvent.click(generate());
      await act(() => vi.advanceTimersByTimeAsync(400));
    }
    expect(sent).toEqual([requestId]);
    await act(() => vi.advanceTimersByTimeAsync(1500));
    fireEvent.click(generate());
    expect(sent).toHaveLength(2);
  });

  test("an order that was taken says so on the button, aloud too, for a second and a half", async () => {
    storeDraft();
    const { sent, createGeneration, answer } = server();
    render(<Form createGeneration={createGeneration} />);
    fireEvent.click(generate());
    expect(generate().textContent).toContain("Sending");
    answer();
    await act(() => vi.advanceTimersByTimeAsync(0));
    expect(generate().textContent).toContain("Sent");
    expect(generate().getAttribute("aria-disabled")).toBe("true");
    expect(screen.getByRole("status").textContent).toBe("Sent");
    await act(() => vi.advanceTimersByTimeAsync(1499));
    expect(generate().textContent).toContain("Sent");
    await act(() => vi.advanceTimersByTimeAsync(1));
    expect(generate().textContent).toContain("Generate");
    expect(generate().getAttribute("aria-disabled")).toBe("false");
    expect(sent).toHaveLength(1);
  });
});

const singapore = { ...demoConnection, id: "sg", label: "Singapore", isDemo: false };
const cap = (usedMicro: number): CapUse => ({
  scope: "person",
  period: "day",
  currency: "USD",
  capMicro: 1_000_000,
  usedMicro,
});
const FULL = "Over your cap: $0.40 of $1.00 is left for today.";

test("a button whose order would pass a cap says why, once, before it is pressed, and a cheaper draft frees it", async () => {
  storeDraft();
  const { sent, createGeneration } = server();
  render(<Form createGeneration={createGeneration} connection={singapore} caps={[cap(600_000)]} />);
  expect(screen.getByText(FULL)).toBeTruthy();
  expect(screen.getAllByText(/is left/)).toHaveLength(1);
  expect(generate().getAttribute("aria-disabled")).toBe("true");
  await userEvent.click(generate());
  expect(sent).toEqual([]);

  screen.getByRole("slider", { name: "Duration" }).focus();
  await userEvent.keyboard("{ArrowLeft}");
  expect(generate().getAttribute("aria-disabled")).toBe("false");
  expect(screen.getByText("$0.40 of your $1.00 is left for today")).toBeTruthy();
});

test("a cap less than half used is not spoken of, and a demo connection is never held by one", () => {
  storeDraft();
  render(<Form createGeneration={server().createGeneration} connection={singapore} caps={[cap(500_000)]} />);
  expect(screen.queryByText(/is left/)).toBeNull();
  cleanup();
  render(<Form createGeneration={server().createGeneration} caps={[cap(1_000_000)]} />);
  expect(generate().getAttribute("aria-disabled")).toBe("false");
  expect(screen.queryByText(/is left/)).toBeNull();
});

test("what the server refused for a cap is said once, also when the form then knows it by itself", async () => {
  storeDraft();
  const { createGeneration, answer } = server({ ok: false, error: { code: "over-cap", message: FULL } });
  const drawn = render(<Form createGeneration={createGeneration} connection={singapore} />);
  await userEvent.click(generate());
  answer();
  await waitFor(() => expect(screen.getByRole("alert").textContent).not.toBe(""));
  drawn.rerender(<Form createGeneration={createGeneration} connection={singapore} caps={[cap(600_000)]} />);
  expect(screen.getAllByText(FULL)).toHaveLength(1);
});
