import type { ConnectionReport } from "@/lib/domain/connection";
import { AppError } from "@/lib/domain/errors";
import type { MediaLinks } from "@/lib/server/assets/media-links";
import type { Clock } from "@/lib/server/clock";
import type { Connections } from "@/lib/server/providers/registry";
import { probeLinks } from "./probe-links";
import type { TestTurns } from "./test-turns";

type TestBench = {
  connections: Connections;
  mediaLinks: MediaLinks;
  clock: Clock;
  stopping: AbortSignal;
  env: { publicUrl: string | null };
  testTurns: TestTurns;
};

/**
 * Asks a connection's vendor all that can be known without spending money, and looks whether links lead back here. A
 * person who tests too often is refused with an AppError.
 */
export async function testConnection(
  bench: TestBench,
  viewerId: string,
  id: string,
): Promise<ConnectionReport> {
  const connection = bench.connections.offered.find(({ view }) => view.id === id);
  if (!connection) {
    throw new AppError("not-found", "This connection is no longer set up. Reload the page to see which are.");
  }
  const { provider, view, fetch } = connection;
  const { publicUrl } = bench.env;
  const hasPublicLinks = bench.mediaLinks.canBeReadBy(view);
  const checks = await bench.testTurns.take(viewerId, async () => [
    ...(await provider.test(hasPublicLinks, bench.stopping)),
    // The demo's network ends at the emulator inside this process.
    ...(hasPublicLinks && publicUrl && !view.isDemo
      ? [await probeLinks(fetch, publicUrl, bench.stopping)]
      : []),
  ]);
  return { connectionId: id, checkedAt: bench.clock.now(), checks };
}
