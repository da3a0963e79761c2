import type { ConnectionView } from "@/lib/domain/connection";
import type { MediaLinks } from "../assets/media-links";
import type { Connections } from "../providers/registry";

/** The connections a new generation may use, as the page knows them; a draft begins with the first. */
export function listConnections({
  connections,
  mediaLinks,
}: {
  connections: Connections;
  mediaLinks: MediaLinks;
}): ConnectionView[] {
  return connections.offered.map(({ view }) => ({ ...view, hasPublicLinks: mediaLinks.canBeReadBy(view) }));
}
