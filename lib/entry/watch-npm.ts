import { isStartedByNpm } from "@/lib/server/env";

const LOOK_EVERY_MS = 500;

/**
 * Runs `stop` once when the npm that started this program is gone: an orphan would go on answering and taking work.
 * `script` is the program's name in package.json; under any other, whoever started it may have left it running on purpose.
 */
export function whenNpmIsGone(script: string, stop: () => void): void {
  if (!isStartedByNpm(script)) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    stop();
  }, LOOK_EVERY_MS);
  timer.unref();
}
