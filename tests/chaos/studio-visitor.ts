import { setTimeout as pause } from "node:timers/promises";
import type { GenerationView } from "@/lib/domain/generation";
import type { GenerationEnvelope } from "@/lib/domain/models/generation-input";
import { paths } from "@/lib/paths";
import type { Order } from "./plan";

/** The 2 s clips of the schedules, and what they cost. */
const MODEL_ID = "wan2.7-i2v";
const PARAMETERS = { resolution: "720P", durationSeconds: 2 } as const;
const PRICE = { amountMicro: 200_000, currency: "USD" } as const;

const CALL_MS_MAX = 30_000;
const ORDER_MS_MAX = 180_000;
const TRY_AGAIN_MS = 100;

/** The studio answered what it must not: no dead process explains it. */
export class WrongAnswer extends Error {}

/** A person's browser as far as the studio can tell: uploads, orders, and looks at the gallery, over HTTP. */
export function createVisitor(options: { url: string; picture: Buffer; onOrder: () => void }) {
  const { url, picture, onOrder } = options;

  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    const reply = await fetch(url + path, { ...init, signal: AbortSignal.timeout(CALL_MS_MAX) });
    if (reply.ok) return reply;
    const words = `${init.method ?? "GET"} ${path} was answered ${reply.status}: ${await reply.text()}`;
    // The same again may work; anything else is an answer.
    throw reply.status >= 500 ? new Error(words) : new WrongAnswer(words);
  }

  async function upload(): Promise<string> {
    const path = paths.upload({ fileName: "boat.jpg", slot: "firstFrame", modelId: MODEL_ID });
    const headers = { "content-type": "application/octet-stream" };
    const reply = await call(path, { method: "POST", headers, body: new Uint8Array(picture) });
    return ((await reply.json()) as { asset: { id: string } }).asset.id;
  }

  async function send(order: Order, connectionId: string, firstFrame: string): Promise<string> {
    const body: GenerationEnvelope = {
      requestId: order.requestId,
      connectionId,
      modelId: MODEL_ID,
      mode: "animate",
      media: { firstFrame },
      parameters: { prompt: order.prompt, ...PARAMETERS },
      shownPrice: PRICE,
    };
    const headers = { "content-type": "application/json" };
    const sending = call("/api/generations", { method: "POST", headers, body: JSON.stringify(body) });
    onOrder();
    return ((await (await sending).json()) as { generation: GenerationView }).generation.id;
  }

  return {
    /** The id of the one row that the order became; null where no answer came and nobody tried again. */
    async order(order: Order, connectionId: string): Promise<string | null> {
      await pause(order.afterMs);
      const deadline = performance.now() + ORDER_MS_MAX;
      const ids = new Set<string>();
      for (let isAnswered = false; !isAnswered; ) {
        try {
          const firstFrame = await upload();
          const copies = Array.from({ length: order.copies }, () => send(order, connectionId, firstFrame));
          const answers = await Promise.allSettled(copies);
          for (const answer of answers) if (answer.status === "fulfilled") ids.add(answer.value);
          const refused = answers.find((answer) => answer.status === "rejected");
          if (refused) throw refused.reason;
          if (order.isRepeated) ids.add(await send(order, connectionId, firstFrame));
          isAnswered = true;
        } catch (error) {
          if (error instanceof WrongAnswer || performance.now() > deadline) throw error;
          if (order.isGivenUp) break;
          await pause(TRY_AGAIN_MS);
        }
      }
      if (ids.size > 1) throw new WrongAnswer(`${order.requestId} became ${ids.size} rows`);
      return [...ids][0] ?? null;
    },

    /** The whole gallery, newest first. */
    async gallery(): Promise<GenerationView[]> {
      const reply = await call("/api/generations");
      const page = (await reply.json()) as { generations: GenerationView[]; nextBefore: string | null };
      if (page.nextBefore !== null)
        throw new WrongAnswer("The gallery has a second page, which nobody reads");
      return page.generations;
    },

    async clip(assetId: string): Promise<Buffer> {
      return Buffer.from(await (await call(paths.assetContent(assetId))).arrayBuffer());
    },
  };
}
