import type { PageConfig } from "next";
import { AppError } from "@/lib/domain/errors";
import { ownRoute, queryValue } from "@/lib/server/api-respond";
import { serveFile } from "@/lib/server/serve-file";

export const config = { api: { bodyParser: false, responseLimit: false } } satisfies PageConfig;

/** GET, HEAD: a small WEBP of one of the viewer's own pictures, or of a clip's first frame. */
export default ownRoute(["GET", "HEAD"], async (request, response, { viewer, services }) => {
  const asset = await services.assets.find(viewer.ownerId, queryValue(request, "id"));
  if (!asset?.previewKey) throw new AppError("not-found", "There is no such picture.");
  await serveFile(request, response, services, {
    key: asset.previewKey,
    mediaType: "image/webp",
    etag: `"${asset.sha256}-preview"`,
    cacheControl: "private, max-age=31536000, immutable",
  });
});
