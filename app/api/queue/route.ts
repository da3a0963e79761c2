import { respond } from "@/lib/server/respond";

/** GET: the place in line of each of the viewer's waiting clips, by id; 1 is next. */
export function GET(): Promise<Response> {
  return respond(async ({ viewer, services }) =>
    Response.json(await services.startQueue.placesOf(viewer.ownerId), {
      headers: { "cache-control": "no-store" },
    }),
  );
}
