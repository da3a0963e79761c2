import type { ConnectionCheck, ConnectionReport } from "@/lib/domain/connection";
import { AppError } from "@/lib/domain/errors";
import type { MediaLinks } from "@/lib/server/assets/media-links";
import type { Clock } from "@/lib/server/clock";
import type { Connection, Connections } from "@/lib/server/providers/registry";
import { probeLinks, probeStorageLinks } from "./probe-links";
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
 * Asks a connection's vendor all that can be known without spending money, and looks whether links lead back here, or to the bucket. A
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
  const { provider, view } = connection;
  const hasPublicLinks = bench.mediaLinks.canBeReadBy(view);
  const checks = await bench.testTurns.take(viewerId, async () => [
    ...(await provider.test(hasPublicLinks, bench.stopping)),
    ...(await testLinks(bench, connection)),
  ]);
  return { connectionId: id, checkedAt: bench.clock.now(), checks };
}

/** A file that is not there: the storage that its link leads to says so, whoever asks. */
const NO_FILE = { id: "probe", blobKey: "probe", mediaType: "text/plain" };

async function testLinks(
  { mediaLinks, env, stopping }: TestBench,
  { view, fetch }: Connection,
): Promise<ConnectionCheck[]> {
  const kind = mediaLinks.kindFor(view);
  // The demo's network ends at the emulator inside this process.
  if (view.isDemo || kind === null) return [];
  if (kind === "studio") return env.publicUrl ? [await probeLinks(fetch, env.publicUrl, stopping)] : [];
  const url = await mediaLinks.urlFor(view, NO_FILE);
  return url ? [await probeStorageLinks(fetch, url, stopping)] : [];
}
