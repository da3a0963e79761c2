import { z } from "zod";
import { AppError } from "@/lib/domain/errors";
import { generationEnvelopeSchema } from "@/lib/domain/models/generation-input";
import { createGeneration } from "@/lib/server/generations/create-generation";
import { listGenerations } from "@/lib/server/generations/list-generations";
import { rememberPerson } from "@/lib/server/people/remember-person";
import { readJson } from "@/lib/server/read-json";
import { respond } from "@/lib/server/respond";

/** GET: an older page of the gallery. */
export function GET(request: Request): Promise<Response> {
  return respond(async ({ viewer, services }) => {
    const before = new URL(request.url).searchParams.get("before");
    return Response.json(await listGenerations(services.generations, viewer.ownerId, before));
  });
}

/** POST: orders a clip, as the form does; the `requestId` in the body makes a repeated request harmless. */
export function POST(request: Request): Promise<Response> {
  return respond(async ({ viewer, services }) => {
    const parsed = generationEnvelopeSchema.safeParse(await readJson(request));
    if (!parsed.success) {
      throw new AppError("bad-request", `This request is not in order: ${z.prettifyError(parsed.error)}`);
    }
    await rememberPerson(services, viewer);
    const generation = await createGeneration(services, viewer.ownerId, parsed.data);
    return Response.json({ generation }, { status: 201 });
  });
}
