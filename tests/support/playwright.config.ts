import { resolve } from "node:path";
import { defineConfig } from "@playwright/test";
import { findChromium } from "./find-chromium";

const root = resolve(import.meta.dirname, "../..");

export default defineConfig({
  testDir: resolve(root, "tests/e2e"),
  outputDir: resolve(root, "test-results/stories"),
  globalSetup: resolve(import.meta.dirname, "build-once.ts"),
  // Each story renders in a server of its own beside its browser, on what may be a machine of two cores.
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  // As for the other tests: a shared machine may stall. Playwright names what needed its second try.
  retries: process.env.CI ? 1 : 0,
  reporter: [["list"], ["json", { outputFile: resolve(root, "test-results/playwright.json") }]],
  use: {
    actionTimeout: 15_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    // It would need a download.
    video: "off",
    launchOptions: {
      executablePath: process.env.PLAYWRIGHT_CHROMIUM ?? findChromium(() => {}),
      args: [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-quic",
      ],
    },
  },
});
