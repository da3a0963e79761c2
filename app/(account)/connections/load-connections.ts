import "server-only";
import type { ConnectionView } from "@/lib/domain/connection";
import { listConnections } from "@/lib/server/connections/list-connections";
import { getServices } from "@/lib/server/services";
import { requireViewer } from "@/lib/server/viewer";

/** The connections a new generation may use, for whoever is signed in; the first is the one a draft begins with. */
export async function loadConnections(): Promise<ConnectionView[]> {
  await requireViewer();
  return listConnections(await getServices());
}
