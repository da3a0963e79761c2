import type { PageConfig } from "next";
import { AppError } from "@/lib/domain/errors";
import { ownRoute, queryValue } from "@/lib/server/api-respond";
import { serveFile } from "@/lib/server/serve-file";

export const config = { api: { bodyParser: false, responseLimit: false } } satisfies PageConfig;

/** GET, HEAD: the bytes of one of the viewer's own files. `?download=1` saves it under its name. */
export default ownRoute(["GET", "HEAD"], async (request, response, { viewer, services }) => {
  const asset = await services.assets.find(viewer.ownerId, queryValue(request, "id"));
  if (!asset) throw new AppError("not-found", "There is no such file.");
  await serveFile(request, response, services, {
    key: asset.blobKey,
    mediaType: asset.mediaType,
    etag: `"${asset.sha256}"`,
    // An asset never changes, but whose it is must be asked every time it is not at hand.
    cacheControl: "private, max-age=31536000, immutable",
    ...(queryValue(request, "download") && { downloadName: asset.fileName }),
  });
});
