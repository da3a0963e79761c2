import type { ConnectionReport } from "@/lib/domain/connection";
import { AppError } from "@/lib/domain/errors";
import type { MediaLinks } from "@/lib/server/assets/media-links";
import type { Clock } from "@/lib/server/clock";
import type { Connections } from "@/lib/server/providers/registry";

type TestBench = { connections: Connections; mediaLinks: MediaLinks; clock: Clock; stopping: AbortSignal };

/** Asks a connection's vendor all that can be known without spending money. */
export async function testConnection(bench: TestBench, id: string): Promise<ConnectionReport> {
  const connection = bench.connections.offered.find(({ view }) => view.id === id);
  if (!connection) {
    throw new AppError("not-found", "This connection is no longer set up. Reload the page to see which are.");
  }
  const checks = await connection.provider.test(
    bench.mediaLinks.canBeReadBy(connection.view),
    bench.stopping,
  );
  return { connectionId: id, checkedAt: bench.clock.now(), checks };
}
