import { setTimeout as pause } from "node:timers/promises";
import type { GenerationView } from "@/lib/domain/generation";

/** What an open page hears of one server: it reconnects where it stopped, as a browser does. */
export type EventReader = {
  /** The newest that was heard of each generation. */
  views: Map<string, GenerationView>;
  /** Every event id, in the order of their arrival. */
  ids: number[];
  reconnects: () => number;
  close(): Promise<void>;
};

/** Follows `url`, whose server may go and come back at the same address. */
export function readEvents(url: string): EventReader {
  const views = new Map<string, GenerationView>();
  const ids: number[] = [];
  const closing = new AbortController();
  let connects = 0;

  async function readOnce(): Promise<void> {
    const last = ids.at(-1);
    const headers = {
      Accept: "text/event-stream",
      ...(last !== undefined && { "Last-Event-ID": String(last) }),
    };
    const answer = await fetch(url, { headers, signal: closing.signal });
    if (!answer.ok || !answer.body) throw new Error(`The stream answers ${answer.status}`);
    connects += 1;
    let text = "";
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) take(block);
    }
  }

  function take(block: string): void {
    const fields = new Map(
      block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
    );
    const data = fields.get("data");
    if (data) {
      const told = JSON.parse(data);
      const all: GenerationView[] = fields.get("event") === "snapshot" ? told.generations : [told];
      for (const view of all) views.set(view.id, view);
    }
    const id = fields.get("id");
    if (id !== undefined) ids.push(Number(id));
  }

  async function follow(): Promise<void> {
    while (!closing.signal.aborted) {
      await readOnce().catch(() => {});
      await pause(100, null, { signal: closing.signal }).catch(() => {});
    }
  }
  const ended = follow();
  return {
    views,
    ids,
    reconnects: () => connects - 1,
    async close() {
      closing.abort();
      await ended;
    },
  };
}
