import type { Fetch } from "@/lib/server/providers/http";

export type SentRequest = { method: string; url: string; headers: Record<string, string>; body: string };
type Answer = Response | Error | ((request: SentRequest) => Response | Error | Promise<Response | Error>);

/**
 * A vendor's network that answers what the test says, call by call, and remembers what was sent. Each route (`POST
 * /path`) has its own list; the last answer of a list repeats. A call that no list covers throws.
 */
export function createScriptedVendor(routes: Record<string, Answer[]>) {
  const sent: SentRequest[] = [];
  const positions = new Map<string, number>();

  const fetch: Fetch = async (input, init) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    const record: SentRequest = {
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: await request.clone().text(),
    };
    sent.push(record);
    const route = Object.keys(routes).find((name) => {
      const [method, prefix] = name.split(" ");
      return method === request.method && pathname.startsWith(prefix ?? "");
    });
    const answers = route ? routes[route] : undefined;
    if (!route || !answers) throw new Error(`The test did not plan for ${request.method} ${request.url}`);
    const position = positions.get(route) ?? 0;
    positions.set(route, position + 1);
    const answer = answers[Math.min(position, answers.length - 1)];
    if (answer === undefined) throw new Error(`No answer is planned for ${route}`);
    const result = typeof answer === "function" ? await answer(record) : answer;
    if (result instanceof Error) throw result;
    // The same answer may be given again: each time with a body of its own.
    return new Response(await result.clone().arrayBuffer(), result);
  };

  return {
    fetch,
    sent,
    sentTo: (path: string) => sent.filter(({ url }) => new URL(url).pathname.startsWith(path)),
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** What Node's fetch throws when the connection failed with this code, in connecting or later. */
export function connectionError(
  code: string,
  syscall: "connect" | "getaddrinfo" | "read" | "write" = "read",
): Error {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code, syscall }) });
}
