import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Moment } from "./plan";

const KINDS: [RegExp, Moment][] = [
  [/^POST \S+video-synthesis /, "start"],
  [/^GET \/results\//, "save"],
  [/^GET \/api\/v1\/tasks\//, "look"],
];

export type WatchedLine = {
  /** Stays the same while it is down. */
  url: string;
  /** Connections are refused, as by a machine whose program has died; those that stand end with it. */
  down: () => Promise<void>;
  up: () => Promise<void>;
  close: () => Promise<void>;
};

/** A loopback port that passes everything on to `target`, and says what a request is for before it passes. */
export async function openWatchedLine(target: string, saw: (moment: Moment) => void): Promise<WatchedLine> {
  const { port, hostname } = new URL(target);
  const sockets = new Set<Socket>();
  let server = await listen(0);
  const { port: ownPort } = server.address() as AddressInfo;

  async function listen(onPort: number): Promise<Server> {
    const listening = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one);
        one.on("error", () => {});
        one.on("close", () => {
          sockets.delete(one);
          other.destroy();
        });
      }
      near.on("data", (chunk: Buffer) => {
        const head = chunk.toString("latin1", 0, 200);
        const kind = KINDS.find(([pattern]) => pattern.test(head));
        if (kind) saw(kind[1]);
        far.write(chunk);
      });
      far.on("data", (chunk) => near.write(chunk));
      near.on("end", () => far.end());
      far.on("end", () => near.end());
    });
    listening.listen(onPort, "127.0.0.1");
    await once(listening, "listening");
    return listening;
  }

  return {
    url: `http://127.0.0.1:${ownPort}`,
    async down() {
      server.close();
    },
    async up() {
      server = await listen(ownPort);
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
