import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { project } from "./vitest.config";

/** Real servers that are really killed: they need the build, and all of the machine. */
export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, "../.."),
    // Two servers must never build at the same time.
    globalSetup: resolve(import.meta.dirname, "build-once.ts"),
    projects: [project("chaos", ["tests/chaos/**/*.test.ts"], "node")],
  },
});
