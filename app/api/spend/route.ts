import { respond } from "@/lib/server/respond";

/** GET: the caps that the viewer's next order meets, and how much of them is used. */
export function GET(): Promise<Response> {
  return respond(async ({ viewer, services }) =>
    Response.json(await services.spend.capsViewOf(viewer.ownerId), {
      headers: { "Cache-Control": "no-store" },
    }),
  );
}
