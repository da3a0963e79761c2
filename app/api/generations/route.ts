import { listGenerations } from "@/lib/server/generations/list-generations";
import { respond } from "@/lib/server/respond";

/** GET: an older page of the gallery. */
export function GET(request: Request): Promise<Response> {
  return respond(async ({ viewer, services }) => {
    const before = new URL(request.url).searchParams.get("before");
    return Response.json(await listGenerations(services.generations, viewer.ownerId, before));
  });
}
