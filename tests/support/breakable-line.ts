import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A line to a server on this machine that a test can cut: what is open breaks, what is new is refused. */
export type BreakableLine = {
  port: number;
  cut(): Promise<void>;
  /** Resolves when so many bytes have gone to the server. */
  carried(bytes: number): Promise<void>;
  /** Under the same port again. */
  mend(): Promise<void>;
};

export async function openBreakableLine(target: { host: string; port: number }): Promise<BreakableLine> {
  const sockets = new Set<Socket>();
  const waiting: { bytes: number; resolve: () => void }[] = [];
  let carriedBytes = 0;
  const server = createServer((near) => {
    near.on("data", (chunk: Buffer) => {
      carriedBytes += chunk.length;
      for (const { bytes, resolve } of waiting) if (carriedBytes >= bytes) resolve();
    });
    const far = connect(target.port, target.host);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    port,
    async cut() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
    carried: (bytes) => new Promise((resolve) => waiting.push({ bytes, resolve })),
    async mend() {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
  };
}

/** The same address with the line in between. */
export function throughLine(url: string, line: BreakableLine): string {
  const through = new URL(url);
  through.hostname = "127.0.0.1";
  through.port = String(line.port);
  return through.href;
}

export async function openLineTo(url: string): Promise<BreakableLine> {
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol.startsWith("postgres") ? 5432 : 80;
  return openBreakableLine({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || usual });
}
