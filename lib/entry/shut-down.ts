import type { Server } from "node:http";
import { whenNpmIsGone } from "./watch-npm";

// SIGHUP: the terminal was closed.
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
// Those who stop services, as container hosts do, kill after ten seconds. The services use less than that by themselves;
// whatever holds them up loses nothing but the order of its end, since every step can be taken up from its row.
const HARD_LIMIT_MS = 9_500;
const SHORT_ANSWERS_MS = 500;
// On Ctrl-C npm passes on what the terminal has sent to everybody already: that is one signal, not two.
const ECHO_MS = 400;

// Set by lib/server/services.ts, which lives in Next's bundles: the process is all that we share.
type Home = { [key: symbol]: { close?: (answered: Promise<unknown>) => Promise<void> } | undefined };

let stop = leave;

/** What a signal does before there is a server, and the end of the npm that runs `script`: leave, and take the build along. */
export function leaveOnSignal(script: string): void {
  for (const signal of SIGNALS) process.on(signal, leave);
  whenNpmIsGone(script, () => stop());
}

function leave(): void {
  process.exit(130);
}

export function shutDownOnSignal(server: Server): void {
  closeOnSignal(() => shutDown(server));
}

/** One signal lets the work in hand come to an end; a second one, or the hard limit, ends it at once. */
export function closeOnSignal(close: () => Promise<void>): void {
  let stoppedAt: number | null = null;
  stop = () => {
    if (stoppedAt !== null) return;
    stoppedAt = performance.now();
    setTimeout(() => process.exit(1), HARD_LIMIT_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) {
    process.off(signal, leave);
    process.on(signal, () => {
      if (stoppedAt !== null && performance.now() - stoppedAt > ECHO_MS) process.exit(130);
      stop();
    });
  }
}

async function shutDown(server: Server): Promise<void> {
  const drained = new Promise<void>((done) => server.close(() => done()));
  server.closeIdleConnections();
  // No new work from now on, and event streams end, so that their pages look for another server. Answers that take a
  // moment get it, with all that they need.
  const answered = Promise.race([drained, new Promise((done) => setTimeout(done, SHORT_ANSWERS_MS))]);
  await (globalThis as Home)[Symbol.for("firstframe.services")]?.close?.(answered);
  server.closeAllConnections();
}
