import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { QueuePlacesProvider, useQueuePlace } from "@/components/gallery/queue-places";
import type { GenerationView } from "@/lib/domain/generation";
import type { QueueView } from "@/lib/domain/studio";
import { clipView } from "../factories";

const waiting = clipView({ state: "queued", clip: null });

/** The server's answer on the wire. */
let answer: QueueView | null = null;
beforeEach(() => {
  const serve = async () =>
    answer ? Response.json(answer) : Response.json({ error: { code: "internal" } }, { status: 500 });
  vi.stubGlobal("fetch", serve);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Place({ view }: { view: GenerationView }) {
  const { place, isWorked } = useQueuePlace(view.id);
  return <p>{`${place} ${isWorked ? "worked" : "unworked"}`}</p>;
}

function draw(view: GenerationView) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <QueuePlacesProvider generations={[view]}>
        <Place view={view} />
      </QueuePlacesProvider>
    </QueryClientProvider>,
  );
}

test("a waiting clip knows its place, and that nobody works on the line", async () => {
  answer = { places: { [waiting.id]: 2 }, isWorked: false };
  draw(waiting);
  expect(await screen.findByText("2 unworked")).toBeTruthy();
});

test("while the queue is not known, nobody is said to be away", () => {
  answer = null;
  draw(waiting);
  expect(screen.getByText("null worked")).toBeTruthy();
});
