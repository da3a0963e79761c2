import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { createHttpServer } from "@/lib/emulator/serve-http";
import type { MediaProcess } from "@/lib/server/media/media-process";
import { dataUri, startEmulator } from "./start-emulator";

// What the vendor's Python SDK 1.26.2, its Java SDK and two other clients send and rely on, over real HTTP, with each
// request spelt as they spell it. The Python SDK itself is not installed here.

export type Reply = {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json: () => Answer;
};
export type Answer = {
  output: Record<string, unknown> & { task_id: string; task_status: string };
  usage?: Record<string, unknown>;
  data: Record<string, string>;
  code?: string;
  message?: string;
  request_id?: string;
  total?: number;
};

/** The emulator behind a socket, and a client that sends exactly what it is told. */
export async function serve(media: MediaProcess, change = {}) {
  const studio = await startEmulator(media, change);
  const server = createHttpServer(studio.emulator.handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send = (method: string, path: string, headers: Record<string, string>, body?: string | Buffer) =>
    new Promise<Reply>((resolve, reject) => {
      const outgoing = request(new URL(path, origin), { method, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk) => chunks.push(chunk));
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            json: () => JSON.parse(text),
          });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  return { ...studio, origin, send };
}

export const AGENT = "dashscope/1.26.2; python/3.11.9; platform/Linux-6.1-x86_64; processor/x86_64";
export const GET_HEADERS = {
  Accept: "application/json; charset=utf-8",
  Authorization: "Bearer sk-python",
  "user-agent": AGENT,
};
export const POST_HEADERS = {
  ...GET_HEADERS,
  "X-DashScope-Async": "enable",
  "Content-Type": "application/json; charset=utf-8",
};
export const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
export const CREATE_KEYFRAMES = "/api/v1/services/aigc/image2video/video-synthesis";

/** In the SDK's own order of keys: model, parameters, input. */
export async function pythonBody(change: { model?: string; parameters?: object; input?: object } = {}) {
  return JSON.stringify({
    model: change.model ?? "wan2.7-i2v",
    parameters: change.parameters ?? {},
    input: change.input ?? {
      prompt: "[demo:internal-error]",
      extend_prompt: true,
      function: "video-synthesis",
      media: [{ type: "first_frame", url: await dataUri() }],
    },
  });
}

export type Served = Awaited<ReturnType<typeof serve>>;
