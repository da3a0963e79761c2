import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { streamGenerations } from "@/lib/server/generations/stream-generations";
import { sendEventStream } from "@/lib/server/send-event-stream";
import { openWaitingServer } from "@/tests/support/leaving-reader";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER } from "@/tests/support/test-workshop";

let studio: TestStudio;
let server: Awaited<ReturnType<typeof openWaitingServer>>;
/** Streams that listen for changes of their owner. */
let listeners = 0;

beforeEach(async () => {
  studio = await openTestStudio();
  server = await openWaitingServer();
  listeners = 0;
});
afterEach(async () => {
  server.close();
  await studio.remove();
});

async function stream(response: ServerResponse | undefined): Promise<void> {
  const bus: TestStudio["bus"] = {
    ...studio.bus,
    onChange(ownerId, onChange) {
      listeners += 1;
      const stop = studio.bus.onChange(ownerId, onChange);
      return () => {
        listeners -= 1;
        stop();
      };
    },
  };
  await sendEventStream(response ?? expect.fail("nobody asked"), (signal) =>
    streamGenerations({ ...studio, bus, ownerId: OWNER, after: null, pingMs: 60_000, signal }),
  );
}

describe("an event stream", () => {
  it("is not opened for a reader who left before the route ran", async () => {
    const { reader, responses } = await server.ask();
    await server.leave(reader, responses[0]);
    await stream(responses[0]);
    expect(listeners).toBe(0);
  });

  it("ends with a reader who waited behind another answer on the same connection", async () => {
    const { reader, responses } = await server.ask(2);
    const ended = stream(responses[1]);
    await vi.waitFor(() => expect(listeners).toBe(1));
    await server.leave(reader, responses[1]);
    await ended;
    expect(listeners).toBe(0);
  });

  it("ends with a reader who takes in nothing of what is written", async () => {
    const { reader, responses } = await server.ask();
    // More than a socket holds.
    const page = { generations: [], nextBefore: "x".repeat(20_000_000), highWaterId: 1 };
    const ended = sendEventStream(responses[0] ?? expect.fail("nobody asked"), async function* () {
      listeners += 1;
      try {
        for (;;) yield { type: "snapshot", id: 1, page };
      } finally {
        listeners -= 1;
      }
    });
    await vi.waitFor(() => expect(responses[0]?.writableNeedDrain).toBe(true));
    await server.leave(reader, responses[0]);
    await ended;
    expect(listeners).toBe(0);
  });
});
