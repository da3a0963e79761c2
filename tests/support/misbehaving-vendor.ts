import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

/** What a request is for. */
export type Call = "create" | "query" | "list" | "result";

export type Fault =
  /** Nobody listens; the others are done by somebody who does. */
  | { kind: "refused" }
  /** The whole request is read, then the connection is reset. */
  | { kind: "reset" }
  /** The head, and half of what it announces; then the connection ends. */
  | { kind: "half" }
  /** Half of a body without a length, ended as if it were whole. */
  | { kind: "short" }
  /** No byte comes back, for as long as anybody waits. */
  | { kind: "hang" }
  /** The head and some bytes come, and no more of them. */
  | { kind: "stall" }
  /** All of it, a few bytes at a time. */
  | { kind: "drip" }
  | { kind: "reply"; status: number; type?: string; body: string; headers?: Record<string, string> }
  /** A head that announces so many bytes. */
  | { kind: "announce"; sizeBytes: number };

const MODEL = "wan2.7-i2v";
const DROP_SIZE_BYTES = 1_000;
const DROP_EVERY_MS = 20;
const RESULT_LIFE_MS = 24 * 3_600_000;

/**
 * DashScope's calls for a task's life on a loopback port, with every fault done to the connection itself. Starts are
 * counted where they are taken: a fault may come after that, as at the vendor.
 */
export async function openMisbehavingVendor(options: { film: Buffer; now: () => number }) {
  const { film, now } = options;
  const tasks: { id: string; prompt: string; createdAt: number }[] = [];
  const seen: Record<Call, number> = { create: 0, query: 0, list: 0, result: 0 };
  let planned: { call: Call; fault: Fault; isTaken: boolean } | null = null;
  let areFinished = false;
  let isForgotten = false;
  let links = 0;
  const fetchedLinks: string[] = [];
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  async function listen(onPort: number) {
    const listening = createServer((request, response) => void answer(request, response));
    listening.listen(onPort, "127.0.0.1");
    await once(listening, "listening");
    return listening;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const { pathname, searchParams } = new URL(request.url ?? "", url);
    const call = callOf(request.method, pathname);
    seen[call] += 1;
    if (call === "result") fetchedLinks.push(searchParams.get("Signature") ?? "");
    const spoilt = planned?.call === call ? planned : null;
    if (spoilt) planned = null;
    const whole = spoilt && !spoilt.isTaken ? "" : replyTo(call, pathname, body);
    response.setHeader("Connection", "close");
    if (spoilt) spoil(response, spoilt.fault, whole);
    else if (call !== "result") response.setHeader("Content-Type", "application/json").end(whole);
    else if (isForgotten) response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
    else response.setHeader("Content-Type", "video/mp4").end(film);
  }

  function replyTo(call: Call, pathname: string, body: string): string {
    switch (call) {
      case "create": {
        const task = {
          id: `task-${tasks.length + 1}`,
          prompt: JSON.parse(body).input.prompt,
          createdAt: now(),
        };
        tasks.push(task);
        return JSON.stringify({ request_id: "r", output: { task_id: task.id, task_status: "PENDING" } });
      }
      case "query": {
        const task = tasks.find(({ id }) => pathname.endsWith(`/${id}`));
        if (!task) return JSON.stringify({ output: { task_status: "UNKNOWN" } });
        return JSON.stringify({ request_id: "r", ...(areFinished ? finished(task) : running(task)) });
      }
      case "list": {
        const data = tasks.map(({ id, createdAt }) => ({
          task_id: id,
          status: areFinished ? "SUCCEEDED" : "RUNNING",
          model_name: MODEL,
          gmt_create: createdAt,
        }));
        return JSON.stringify({ total: data.length, total_page: 1, page_no: 1, page_size: 100, data });
      }
      case "result":
        return "";
    }
  }

  function running({ id }: { id: string }) {
    return { output: { task_id: id, task_status: "RUNNING" } };
  }

  function finished({ id, prompt, createdAt }: (typeof tasks)[number]) {
    links += 1;
    const expires = Math.floor((createdAt + RESULT_LIFE_MS) / 1000);
    const video_url = `${url}/results/${id}.mp4?Expires=${expires}&Signature=s${links}`;
    const usage = { duration: 5, input_video_duration: 0, output_video_duration: 5, video_count: 1, SR: 720 };
    return { output: { task_id: id, task_status: "SUCCEEDED", video_url, orig_prompt: prompt }, usage };
  }

  function spoil(response: ServerResponse, fault: Fault, whole: string): void {
    const bytes = whole === "" ? film : Buffer.from(whole);
    const half = bytes.subarray(0, Math.ceil(bytes.length / 2));
    switch (fault.kind) {
      case "refused":
        throw new Error("Nobody was to be there");
      case "reset":
        response.socket?.resetAndDestroy();
        return;
      case "half":
        response.writeHead(200, { "Content-Length": bytes.length });
        response.write(half, () => response.socket?.end());
        return;
      case "short":
        response.writeHead(200, { "Content-Type": "video/mp4" }).end(half);
        return;
      case "hang":
        return;
      case "stall":
        response.writeHead(200, { "Content-Length": bytes.length }).write(half);
        return;
      case "drip":
        response.writeHead(200, { "Content-Length": bytes.length });
        Readable.from(drops(bytes)).pipe(response);
        return;
      case "announce":
        response.writeHead(200, { "Content-Length": fault.sizeBytes }).write(half);
        return;
      case "reply":
        response
          .writeHead(fault.status, {
            "Content-Type": fault.type ?? "application/json",
            ...fault.headers,
          })
          .end(fault.body);
    }
  }

  async function close(): Promise<void> {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  return {
    url,
    /** How many requests of each kind have arrived. */
    seen,
    /** By which links the film was asked for: `s1` is the first that was given. */
    fetchedLinks,
    /** How many starts were taken, by our own count of tasks. */
    countStarts: () => tasks.length,
    /** The next such call goes wrong; `isTaken` says whether what it asks for is done all the same. */
    spoilNext(call: Call, fault: Fault, isTaken: boolean): void {
      planned = { call, fault, isTaken };
    },
    /** Nobody listens until `up`. */
    down: close,
    async up(): Promise<void> {
      server = await listen(port);
    },
    /** Every task has its film. */
    finish(): void {
      areFinished = true;
    },
    /** The films are gone, and the links to them lead nowhere. */
    loseFilms(): void {
      isForgotten = true;
    },
    close,
  };
}

export type MisbehavingVendor = Awaited<ReturnType<typeof openMisbehavingVendor>>;

async function* drops(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += DROP_SIZE_BYTES) {
    yield bytes.subarray(at, at + DROP_SIZE_BYTES);
    await pause(DROP_EVERY_MS);
  }
}

function callOf(method: string | undefined, pathname: string): Call {
  if (method === "POST") return "create";
  if (pathname.startsWith("/results/")) return "result";
  return pathname.endsWith("/tasks/") ? "list" : "query";
}

async function readAll(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
}
