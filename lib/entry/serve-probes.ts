import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { answerHealth, answerMetrics, type ProbeAnswer } from "@/lib/server/operations/answer-probe";
import type { Services } from "@/lib/server/services";

/** Health and metrics of a process that has no pages. */
export async function serveProbes(services: Services, port: number): Promise<Server> {
  const server = createServer(async ({ method = "", url = "", headers }, response) => {
    const isRead = method === "GET" || method === "HEAD";
    const answer = isRead ? await answerProbe(url.split("?")[0] ?? "", headers.authorization) : NOTHING_HERE;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });

  async function answerProbe(path: string, authorization: string | undefined): Promise<ProbeAnswer> {
    if (path === "/api/health/live") return LIVE;
    if (path === "/api/health") return answerHealth(services);
    if (path === "/api/metrics") return answerMetrics(services, authorization);
    return NOTHING_HERE;
  }

  server.listen(port, services.env.host);
  await once(server, "listening");
  return server;
}

/** The process answers; whether it can work is another question. */
export const LIVE: ProbeAnswer = {
  status: 200,
  headers: { "Content-Type": "application/json", "Cache-Control": "no-store" },
  body: '{"live":true}\n',
};

const NOTHING_HERE: ProbeAnswer = {
  status: 404,
  headers: { "Content-Type": "text/plain; charset=utf-8" },
  body: "A worker answers /api/health, /api/health/live and /api/metrics.\n",
};
