import type { NextApiRequest, NextApiResponse } from "next";
import { AppError, isAppError, toErrorView } from "@/lib/domain/errors";
import { getServices, type Services } from "./services";
import { getApiViewer, type Viewer } from "./viewer";

type Handler = (request: NextApiRequest, response: NextApiResponse) => Promise<void>;

/** A route that moves bytes, for anybody who has its address. What goes wrong becomes its status and its words. */
export function openRoute(
  methods: readonly string[],
  run: (request: NextApiRequest, response: NextApiResponse, services: Services) => Promise<void>,
): Handler {
  return async (request, response) => {
    const services = await getServices();
    try {
      if (!methods.includes(request.method ?? "")) {
        response.setHeader("Allow", methods.join(", "));
        throw new AppError("method-not-allowed", `This address takes ${methods.join(" and ")}.`);
      }
      await run(request, response, services);
    } catch (error) {
      if (!isAppError(error))
        services.log.error({ error, path: request.url?.split("?")[0] }, "a route failed");
      await refuse(request, response, error);
    }
  };
}

/** The same for whoever is signed in. */
export function ownRoute(
  methods: readonly string[],
  run: (
    request: NextApiRequest,
    response: NextApiResponse,
    context: { viewer: Viewer; services: Services },
  ) => Promise<void>,
): Handler {
  return openRoute(methods, async (request, response, services) => {
    const viewer = await getApiViewer(request, response);
    if (!viewer) throw new AppError("sign-in-required", "Sign in first.");
    await run(request, response, { viewer, services });
  });
}

/** A sender that is still sending hears no answer, so a refused body is read to its end, within reason. */
const DRAINED_BYTES_MAX = 64_000_000;
const DRAINED_MS_MAX = 5_000;

async function refuse(request: NextApiRequest, response: NextApiResponse, error: unknown): Promise<void> {
  await drain(request);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (!request.readableEnded) response.setHeader("Connection", "close");
  response.removeHeader("Content-Length");
  response.status(isAppError(error) ? error.status : 500).json({ error: toErrorView(error) });
}

async function drain(request: NextApiRequest): Promise<void> {
  let drainedBytes = 0;
  await new Promise<void>((resolve) => {
    if (request.readableEnded || request.destroyed) return resolve();
    // A sender that falls silent is not waited for, either.
    const timer = setTimeout(resolve, DRAINED_MS_MAX);
    request.on("data", (chunk: Buffer) => {
      drainedBytes += chunk.length;
      if (drainedBytes > DRAINED_BYTES_MAX) resolve();
    });
    request.once("close", resolve);
    request.once("end", resolve);
    request.once("error", () => resolve());
    request.once("close", () => clearTimeout(timer));
  });
}

/** The value of a query parameter or path segment; the first where it was given twice. */
export function queryValue(request: NextApiRequest, name: string): string {
  const value = request.query[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
