import type { PageConfig } from "next";
import { AppError } from "@/lib/domain/errors";
import { openRoute, queryValue } from "@/lib/server/api-respond";
import { withLinkedFile } from "@/lib/server/assets/media-links";
import { serveFile } from "@/lib/server/serve-file";

export const config = { api: { bodyParser: false, responseLimit: false } } satisfies PageConfig;

/** GET, HEAD: an input of a generation, for the vendor that was given the link, until it runs out. No sign-in. */
export default openRoute(["GET", "HEAD"], (request, response, services) =>
  withLinkedFile(services, queryValue(request, "token"), async (file) => {
    if (!file) throw new AppError("not-found", "There is nothing at this link.");
    const { storage, ...served } = file;
    await serveFile(request, response, storage, { ...served, cacheControl: "private, no-store" });
  }),
);
