import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type BrowserPlace, openLiveStream } from "@/components/gallery/live-stream";
import type { GenerationView } from "@/lib/domain/generation";
import { STREAM_PING_MS } from "@/lib/domain/studio";
import { clipView } from "../factories";

/** An event source driven by the test. */
class Source extends EventTarget {
  readonly CLOSED = 2;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    super();
  }
  close() {
    this.readyState = 2;
  }
  send(type: string, data: unknown, lastEventId = "") {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data), lastEventId }));
  }
}

/** Tabs of one browser: they share locks and channels. */
function browser() {
  const sources: Source[] = [];
  const channels = new Set<{ onmessage: ((event: MessageEvent) => void) | null }>();
  let waiting: (() => void)[] = [];
  let isHeld = false;
  const locks = {
    request: async (_name: string, { signal }: { signal: AbortSignal }, run: () => Promise<void>) => {
      if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
      if (signal.aborted) return;
      isHeld = true;
      await run();
      isHeld = false;
      const [next, ...rest] = waiting;
      waiting = rest;
      next?.();
    },
  };
  const openChannel = () => {
    const channel = {
      onmessage: null as ((event: MessageEvent) => void) | null,
      postMessage(data: unknown) {
        for (const other of channels) {
          if (other !== channel)
            other.onmessage?.(new MessageEvent("message", { data: structuredClone(data) }));
        }
      },
      close: () => channels.delete(channel),
    };
    channels.add(channel);
    return channel;
  };
  const page = Object.assign(new EventTarget(), { hidden: false });
  const place = {
    locks,
    openChannel,
    openSource: (url: string) => {
      const source = new Source(url);
      sources.push(source);
      return source;
    },
    document: page,
  } as unknown as BrowserPlace;
  return { place, sources, page, open: () => sources.filter(({ readyState }) => readyState !== 2) };
}

function tab(place: BrowserPlace, after = 7) {
  const heard: GenerationView[] = [];
  let isConnected: boolean | null = null;
  const close = openLiveStream(place, {
    name: "firstframe:live:local",
    after,
    known: () => heard,
    onGenerations: (views) => heard.push(...views),
    onConnected: (value) => {
      isConnected = value;
    },
  });
  return { heard, close, isConnected: () => isConnected };
}

const tick = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("many tabs of a browser open one stream, and each of them hears it", async () => {
  const { place, sources } = browser();
  const [first, second] = [tab(place), tab(place)];
  await tick();
  expect(sources.map(({ url }) => url)).toEqual(["/api/events?after=7"]);
  sources[0]?.send("generation", clipView(), "8");
  expect([first.heard.length, second.heard.length]).toEqual([1, 1]);
});

test("a tab that opens later is told at once what the others know already", async () => {
  const { place, sources } = browser();
  tab(place);
  await tick();
  sources[0]?.send("snapshot", { generations: [clipView()], nextBefore: null, highWaterId: 9 });
  const late = tab(place);
  await tick();
  expect(late.heard.map(({ id }) => id)).toEqual([clipView().id]);
});

test("when the reading tab closes, the next one reads on", async () => {
  const { place, sources, open } = browser();
  const [first, second] = [tab(place), tab(place)];
  await tick();
  first.close();
  await tick();
  expect(open()).toHaveLength(1);
  sources[1]?.send("generation", clipView(), "8");
  expect(second.heard).toHaveLength(1);
});

test("every tab knows when the one stream is cut and when it is back, the one that opens meanwhile too", async () => {
  const { place, sources } = browser();
  const [leader, follower] = [tab(place), tab(place)];
  await tick();
  const connected = () => [leader.isConnected(), follower.isConnected()];
  sources[0]?.onopen?.();
  expect(connected()).toEqual([true, true]);
  sources[0]?.onerror?.();
  expect(connected()).toEqual([false, false]);
  const late = tab(place);
  await tick();
  expect(late.isConnected()).toBe(false);
  sources[0]?.onopen?.();
  expect([...connected(), late.isConnected()]).toEqual([true, true, true]);
});

test("an answer that the browser takes as final is asked again, after the last event seen", async () => {
  const { place, sources } = browser();
  const only = tab(place);
  await tick();
  sources[0]?.send("generation", clipView(), "12");
  sources[0]?.close();
  sources[0]?.onerror?.();
  expect(only.isConnected()).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sources[1]?.url).toBe("/api/events?after=12");
  sources[1]?.onopen?.();
  expect(only.isConnected()).toBe(true);
});

test("a stream that falls silent is opened anew where it left off, and one that pings is left alone", async () => {
  const { place, sources } = browser();
  const only = tab(place);
  await tick();
  sources[0]?.onopen?.();
  sources[0]?.send("generation", clipView(), "12");
  for (let pings = 0; pings < 5; pings += 1) {
    await vi.advanceTimersByTimeAsync(STREAM_PING_MS);
    sources[0]?.send("ping", 1);
  }
  expect([sources.length, only.isConnected()]).toEqual([1, true]);
  await vi.advanceTimersByTimeAsync(3 * STREAM_PING_MS);
  expect([sources[0]?.readyState, only.isConnected()]).toEqual([2, false]);
  expect(sources[1]?.url).toBe("/api/events?after=12");
  sources[1]?.onopen?.();
  expect(only.isConnected()).toBe(true);
  only.close();
});

test("a mere look has no id and does not move the place to read on from", async () => {
  const { place, sources } = browser();
  tab(place);
  await tick();
  sources[0]?.send("generation", clipView(), "");
  sources[0]?.close();
  sources[0]?.onerror?.();
  await vi.advanceTimersByTimeAsync(1000);
  expect(sources[1]?.url).toBe("/api/events?after=7");
});

test("without locks a hidden tab lets its stream go, and takes it up where it left off", async () => {
  const { place, sources, page, open } = browser();
  tab({ ...place, locks: undefined });
  sources[0]?.send("generation", clipView(), "20");
  page.hidden = true;
  page.dispatchEvent(new Event("visibilitychange"));
  expect(open()).toHaveLength(0);
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  expect(open().map(({ url }) => url)).toEqual(["/api/events?after=20"]);
});
