import { join } from "node:path";
import Libsql from "libsql";
import { EnvError } from "../env-error";

/**
 * Takes the data folder for this process, or throws. The lock is an open exclusive transaction on a file of its own:
 * the operating system lets go of it however the process ends. It does not guard against a second machine on a
 * network share, where file locks cannot be trusted.
 */
export function lockDataFolder(dataDir: string): { release(): void } {
  const lock = new Libsql(join(dataDir, "lock"));
  try {
    lock.exec("pragma busy_timeout = 2000");
    lock.exec("begin exclusive");
  } catch (cause) {
    lock.close();
    throw new EnvError(
      `Another Firstframe is running on the data folder ${dataDir}. Stop it, or give this one its own DATA_DIR.`,
      { cause },
    );
  }
  return { release: () => lock.close() };
}
