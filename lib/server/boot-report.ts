const LISTENER = Symbol.for("firstframe.boot-listener");
type Home = { [LISTENER]?: (boot: Promise<unknown>) => void };

/**
 * How the start learns whether the services came up. Next runs `register()` in a bundle of its own, does not wait for it
 * and, when it fails, goes on to listen: so the two meet on globalThis.
 */
export function whenBooted(): Promise<unknown> {
  return new Promise((done) => {
    (globalThis as Home)[LISTENER] = done;
  });
}

export function reportBoot(boot: Promise<unknown>): Promise<unknown> {
  (globalThis as Home)[LISTENER]?.(boot);
  return boot;
}
