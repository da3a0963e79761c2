import type { GenerationView } from "@/lib/domain/generation";
import { type GenerationPage, STREAM_PING_MS } from "@/lib/domain/studio";
import { paths } from "@/lib/paths";

/** What the browser gives to a page; tests hand in their own. */
export type BrowserPlace = {
  locks: Pick<LockManager, "request"> | undefined;
  openChannel: ((name: string) => BroadcastChannel) | undefined;
  openSource: (url: string) => EventSource;
  document: Pick<Document, "hidden" | "addEventListener" | "removeEventListener">;
};

export type LiveStreamOptions = {
  /** One name a viewer: tabs of the same viewer share one stream. */
  name: string;
  /** Everything up to this event is known already. */
  after: number;
  /** All that this page knows, for a tab that opens later. */
  known: () => readonly GenerationView[];
  onGenerations: (generations: readonly GenerationView[]) => void;
  onConnected: (isConnected: boolean) => void;
};

type Message =
  | { type: "hello" }
  | { type: "generations"; generations: readonly GenerationView[] }
  | { type: "connected"; isConnected: boolean };

const REOPEN_MS = [1000, 3000, 10_000, 30_000];
/** Two pings missed, and some more: a line that was dropped without a word, or a server that hangs. */
const DEAD_AFTER_MS = 2.5 * STREAM_PING_MS;

/**
 * Follows the studio's events: one stream a browser, not a tab, since a browser opens only six to one host. The tab
 * that holds the lock reads them and tells the others; when it closes, the next takes over.
 */
export function openLiveStream(place: BrowserPlace, options: LiveStreamOptions): () => void {
  const { locks, openChannel } = place;
  if (!locks || !openChannel) return followWhileVisible(place, options);

  const leaving = new AbortController();
  const channel = openChannel(options.name);
  const tell = (message: Message) => channel.postMessage(message);
  let isLeader = false;
  let isConnected = false;

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.type === "generations") options.onGenerations(data.generations);
    if (data.type === "connected" && !isLeader) options.onConnected(data.isConnected);
    if (data.type === "hello" && isLeader) {
      tell({ type: "generations", generations: options.known() });
      tell({ type: "connected", isConnected });
    }
  };
  // What was missed between the server's drawing and now, the leader knows.
  tell({ type: "hello" });

  locks
    .request(options.name, { signal: leaving.signal }, () => {
      // The turn may come in the very moment in which the page leaves.
      if (leaving.signal.aborted) return;
      isLeader = true;
      const stop = follow(place, {
        ...options,
        onGenerations: (generations) => {
          options.onGenerations(generations);
          tell({ type: "generations", generations });
        },
        onConnected: (connected) => {
          isConnected = connected;
          options.onConnected(connected);
          tell({ type: "connected", isConnected: connected });
        },
      });
      return new Promise<void>((resolve) => {
        leaving.signal.addEventListener("abort", () => {
          stop();
          resolve();
        });
      });
    })
    // The page left while it waited for its turn.
    .catch(() => {});

  return () => {
    leaving.abort();
    channel.close();
  };
}

/** Without a lock (an address that is not secure) each tab reads for itself, and hidden ones let go. */
function followWhileVisible(place: BrowserPlace, options: LiveStreamOptions): () => void {
  const { document } = place;
  let after = options.after;
  let stop: (() => void) | null = null;
  function adapt() {
    if (document.hidden === (stop === null)) return;
    stop?.();
    stop = document.hidden
      ? null
      : follow(place, { ...options, after }, (id) => {
          after = id;
        });
  }
  adapt();
  document.addEventListener("visibilitychange", adapt);
  return () => {
    document.removeEventListener("visibilitychange", adapt);
    stop?.();
  };
}

/**
 * Reads one stream. The browser reconnects by itself; an answer it takes as final is asked again, less and less often, and
 * a stream that has gone silent is opened anew.
 */
function follow(
  { openSource }: BrowserPlace,
  { after, onGenerations, onConnected }: LiveStreamOptions,
  onEventId: (id: number) => void = () => {},
): () => void {
  let lastId = after;
  let failures = 0;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let listening: ReturnType<typeof setTimeout> | undefined;
  let source = open();

  function heard() {
    clearTimeout(listening);
    listening = setTimeout(() => {
      onConnected(false);
      source.close();
      source = open();
    }, DEAD_AFTER_MS);
  }

  function open(): EventSource {
    const opened = openSource(paths.events(lastId));
    heard();
    opened.onopen = () => {
      heard();
      failures = 0;
      onConnected(true);
    };
    opened.onerror = () => {
      onConnected(false);
      if (opened.readyState !== opened.CLOSED) return;
      clearTimeout(listening);
      const wait = REOPEN_MS[Math.min(failures, REOPEN_MS.length - 1)];
      failures += 1;
      reopening = setTimeout(() => {
        source = open();
      }, wait);
    };
    opened.addEventListener("ping", heard);
    opened.addEventListener("snapshot", (event: MessageEvent<string>) => {
      heard();
      const page: GenerationPage = JSON.parse(event.data);
      seen(page.highWaterId);
      onGenerations(page.generations);
    });
    opened.addEventListener("generation", (event: MessageEvent<string>) => {
      heard();
      seen(Number(event.lastEventId));
      onGenerations([JSON.parse(event.data)]);
    });
    return opened;
  }

  function seen(id: number) {
    if (id > lastId) lastId = id;
    onEventId(lastId);
  }

  return () => {
    clearTimeout(reopening);
    clearTimeout(listening);
    source.close();
  };
}
