import "server-only";
import { type ZodType, z } from "zod";
import { AppError, isAppError, toErrorView } from "@/lib/domain/errors";
import type { ActionResult } from "@/lib/domain/studio";
import { getServices, type Services } from "./services";
import { getViewer, type Viewer } from "./viewer";

/**
 * A server action is a public POST: who asks comes from the session, what is asked is checked by the schema, and what
 * goes wrong comes back as words.
 */
export function defineAction<Input, Value>(
  schema: ZodType<Input>,
  run: (input: Input, context: { viewer: Viewer; services: Services }) => Promise<Value>,
): (input: Input) => Promise<ActionResult<Value>> {
  return async (raw) => {
    const services = await getServices();
    try {
      const viewer = await getViewer();
      if (!viewer)
        throw new AppError("sign-in-required", "Your sign-in has ended. Sign in again; the draft is kept.");
      const parsed = schema.safeParse(raw);
      if (!parsed.success) {
        throw new AppError("bad-request", `This request is not in order: ${z.prettifyError(parsed.error)}`);
      }
      return { ok: true, value: await run(parsed.data, { viewer, services }) };
    } catch (error) {
      if (!isAppError(error)) services.log.error({ error }, "an action failed");
      return { ok: false, error: toErrorView(error) };
    }
  };
}
