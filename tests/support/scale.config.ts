import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { project } from "./vitest.config";

/** What `npm run test:scale` runs, with the servers that it has started in the TEST_… variables. */
export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, "../.."),
    maxWorkers: 2,
    projects: [
      project("scale", ["tests/scale/**/*.test.ts"], "node"),
      // The same tests as on SQLite and the disk.
      project("server", ["tests/server/{generations,assets,shares,spend}/**/*.test.ts"], "node"),
    ],
  },
});
