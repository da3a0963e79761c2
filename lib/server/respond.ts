import "server-only";
import { AppError, isAppError, toErrorView } from "@/lib/domain/errors";
import { getServices, type Services } from "./services";
import { getViewer, type Viewer } from "./viewer";

/** Runs a route for whoever is signed in; what goes wrong becomes its status and its words. */
export async function respond(
  run: (context: { viewer: Viewer; services: Services }) => Promise<Response>,
): Promise<Response> {
  const services = await getServices();
  try {
    const viewer = await getViewer();
    if (!viewer) throw new AppError("sign-in-required", "Sign in first.");
    return await run({ viewer, services });
  } catch (error) {
    if (!isAppError(error)) services.log.error({ error }, "a route failed");
    return Response.json({ error: toErrorView(error) }, { status: isAppError(error) ? error.status : 500 });
  }
}
