import { AsyncLocalStorage } from "node:async_hooks";

export type LogContext = { requestId?: string; generationId?: string };

// The start and each route are separate bundles; what they do for one request stands in one place of the process.
const HOME = Symbol.for("firstframe.log-context");
type Home = { [HOME]?: AsyncLocalStorage<LogContext> };
const home = globalThis as Home;
home[HOME] ??= new AsyncLocalStorage();
const contexts = home[HOME];

/** Every line that is logged while `run` is at work names these ids, whoever writes it. */
export function withLogContext<Value>(context: LogContext, run: () => Value): Value {
  return contexts.run({ ...contexts.getStore(), ...context }, run);
}

export function readLogContext(): LogContext {
  return contexts.getStore() ?? {};
}
