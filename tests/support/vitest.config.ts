import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const root = resolve(import.meta.dirname, "../..");
const alias = {
  "@": root,
  // The package throws outside a server bundle.
  "server-only": resolve(import.meta.dirname, "server-only.ts"),
};

export function project(name: string, include: string[], environment: "node" | "happy-dom") {
  return {
    resolve: { alias },
    test: {
      name,
      root,
      include,
      environment,
      setupFiles: [resolve(import.meta.dirname, "strict-run.ts")],
      // Rendering tests share two cores with each other.
      testTimeout: 60_000,
      hookTimeout: 60_000,
      // A shared machine may stall for seconds in the middle of a rendering; at a desk a first failure counts.
      retry: process.env.CI ? 1 : 0,
    },
  };
}

export default defineConfig({
  test: {
    root,
    maxWorkers: 2,
    projects: [
      project("unit", ["tests/{domain,server,emulator,simulation,support}/**/*.test.{ts,tsx}"], "node"),
      project("components", ["tests/components/**/*.test.{ts,tsx}"], "happy-dom"),
      project("contracts", ["tests/contracts/**/*.test.ts"], "node"),
    ],
  },
});
