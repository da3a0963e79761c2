import type { PageConfig } from "next";
import { AppError } from "@/lib/domain/errors";
import { openRoute, queryValue } from "@/lib/server/api-respond";
import { serveFile } from "@/lib/server/serve-file";
import { openShare } from "@/lib/server/shares/open-share";

export const config = { api: { bodyParser: false, responseLimit: false } } satisfies PageConfig;

/** GET, HEAD: `video.mp4` and `poster.jpg` of a shared clip, for whoever has the link, for as long as it stands. */
export default openRoute(["GET", "HEAD"], async (request, response, services) => {
  const opened = await openShare(services, queryValue(request, "token"));
  const file = queryValue(request, "file");
  const asset = file === "video.mp4" ? opened?.video : file === "poster.jpg" ? opened?.poster : undefined;
  if (!asset) throw new AppError("not-found", "There is nothing at this link.");
  await serveFile(request, response, services, {
    key: asset.blobKey,
    mediaType: asset.mediaType,
    etag: `"${asset.sha256}"`,
    // A link that was taken back is gone at once: no cache may answer for it without asking.
    cacheControl: "private, no-cache",
  });
});
