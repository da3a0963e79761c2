import type { PageConfig } from "next";
import { ownRoute, queryValue } from "@/lib/server/api-respond";
import { readAnnouncedBytes } from "@/lib/server/assets/announced-bytes";
import { storeUpload } from "@/lib/server/assets/store-upload";

export const config = { api: { bodyParser: false, responseLimit: false } } satisfies PageConfig;

/** POST: one raw file for one slot (`?name=&slot=&model=`). 201 with the new asset, 200 with the one that was there. */
export default ownRoute(["POST"], async (request, response, { viewer, services }) => {
  const { asset, isNew } = await storeUpload(services, viewer.ownerId, {
    body: request,
    announcedBytes: readAnnouncedBytes(request.headers),
    fileName: queryValue(request, "name"),
    slot: queryValue(request, "slot"),
    modelId: queryValue(request, "model"),
  });
  services.metrics.uploaded(asset.sizeBytes);
  response.status(isNew ? 201 : 200).json({ asset });
});
