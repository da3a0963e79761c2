import { describeQueue } from "@/lib/server/operations/describe-queue";
import { respond } from "@/lib/server/respond";

/** GET: the place in line of each of the viewer's waiting clips, by id, and whether anybody works on the line. */
export function GET(): Promise<Response> {
  return respond(async ({ viewer, services }) =>
    Response.json(await describeQueue(services, viewer.ownerId), {
      headers: { "cache-control": "no-store" },
    }),
  );
}
