import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_APPS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The browser of this machine, else one that is installed now; says in one line which, and what it did for it. */
export function findChromium(say: (line: string) => void): string {
  const there = given() ?? onPath() ?? MAC_APPS.find(existsSync) ?? downloadedByPlaywright();
  if (there) {
    say(`Browser: ${there}`);
    return there;
  }
  const installed = installFromDebian() ?? installWithPlaywright();
  if (installed) {
    say(`Browser: found none, so installed ${installed.path} with ${installed.with}`);
    return installed.path;
  }
  throw new Error(
    "The browser stories need a Chromium, and neither apt-get nor `npx playwright install chromium` could install one. " +
      "Install Chromium or Chrome, or give its path as PLAYWRIGHT_CHROMIUM.",
  );
}

function given(): string | null {
  const path = process.env.PLAYWRIGHT_CHROMIUM;
  if (!path) return null;
  if (!isExecutable(path)) throw new Error(`PLAYWRIGHT_CHROMIUM: ${path} is not a program.`);
  return path;
}

function onPath(): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable) ?? null;
}

function downloadedByPlaywright(): string | null {
  const path = chromium.executablePath();
  return existsSync(path) ? path : null;
}

type Installed = { path: string; with: string } | null;

function installFromDebian(): Installed {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return null;
  const install = () => run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
  // The lists of a fresh machine are empty or old.
  if (!install()) {
    run("apt-get", ["update", "-qq"]);
    if (!install()) return null;
  }
  const path = onPath();
  return path ? { path, with: "apt-get" } : null;
}

function installWithPlaywright(): Installed {
  run(process.execPath, [join("node_modules", "@playwright", "test", "cli.js"), "install", "chromium"]);
  const path = downloadedByPlaywright();
  return path ? { path, with: "playwright install" } : null;
}

function run(command: string, args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], env }).status === 0;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
