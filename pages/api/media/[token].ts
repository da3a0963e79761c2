import type { PageConfig } from "next";
import { AppError } from "@/lib/domain/errors";
import { openRoute, queryValue } from "@/lib/server/api-respond";
import { findLinkedFile } from "@/lib/server/assets/media-links";
import { serveFile } from "@/lib/server/serve-file";

export const config = { api: { bodyParser: false, responseLimit: false } } satisfies PageConfig;

/** GET, HEAD: an input of a generation, for the vendor that was given the link, until it runs out. No sign-in. */
export default openRoute(["GET", "HEAD"], async (request, response, services) => {
  const file = await findLinkedFile(services, queryValue(request, "token"));
  if (!file) throw new AppError("not-found", "There is nothing at this link.");
  await serveFile(request, response, services, { ...file, cacheControl: "private, no-store" });
});
