import "server-only";
import type { ConnectionView } from "@/lib/domain/connection";
import { getServices } from "@/lib/server/services";
import { requireViewer } from "@/lib/server/viewer";

/** The connections a new generation may use, for whoever is signed in; the first is the one a draft begins with. */
export async function loadConnections(): Promise<ConnectionView[]> {
  await requireViewer();
  const { connections } = await getServices();
  return connections.offered.map(({ view }) => view);
}
