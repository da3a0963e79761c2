import { Socket } from "node:net";
import { afterEach, beforeEach, expect } from "vitest";

/** What a test did not plan fails it: words on the console, and a connection to another machine. */
const unplanned: string[] = [];

for (const level of ["error", "warn"] as const) {
  const print = console[level];
  // A test that plans for it puts a spy of its own in this place.
  console[level] = (...words: unknown[]) => {
    unplanned.push(`console.${level}: ${words.map(String).join(" ")}`);
    print(...words);
  };
}

const connect = Socket.prototype.connect;
Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
  const host = hostOf(args);
  if (host !== null && !/^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)) {
    unplanned.push(`a connection to ${host}`);
    queueMicrotask(() =>
      this.destroy(new Error(`Tests reach no other machine, and this one asked for ${host}.`)),
    );
    return this;
  }
  return Reflect.apply(connect, this, args);
} as typeof connect;

/** Node calls connect() with (port, host), with options, and with both wrapped in an array; a path is a local socket. */
function hostOf(args: unknown[]): string | null {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === "object" && first !== null) {
    const { path, host } = first as { path?: string | null; host?: string };
    return path ? null : (host ?? "localhost");
  }
  return typeof first === "string" && Number.isNaN(Number(first))
    ? null
    : typeof second === "string"
      ? second
      : "localhost";
}

beforeEach(() => {
  unplanned.length = 0;
});

afterEach(() => {
  expect(unplanned, "something happened that the test did not plan").toEqual([]);
});
