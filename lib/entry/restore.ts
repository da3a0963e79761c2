import { resolve } from "node:path";
import { BackupError } from "@/lib/server/backup/backup-error";
import { holdBackRestored } from "@/lib/server/backup/hold-back-restored";
import { restoreBackup } from "@/lib/server/backup/restore-backup";
import {
  DATABASE_IS_BACK,
  folderArgument,
  readBackupPlace,
  readPlaces,
  runBackupCommand,
} from "./backup-command";

await runBackupCommand(async () => {
  const isBack = process.argv.slice(2).join(" ") === DATABASE_IS_BACK;
  const closedCount = isBack ? await holdBackRestored(readPlaces(), Date.now()) : await restoreFolder();
  if (closedCount > 0) {
    console.log(
      `${closedCount === 1 ? "One order was" : `${closedCount} orders were`} waiting then and may have been sent since. They were closed and will not be sent again; their cards say so.`,
    );
  }
  console.log("What was at a vendor then is followed on with the next start, and not sent again.");
});

async function restoreFolder(): Promise<number> {
  const folder = resolve(folderArgument("restore"));
  const place = readBackupPlace();
  if (place.kind === "elsewhere") throw new BackupError(place.words);
  const { madeAt, fileCount, closedCount } = await restoreBackup({ ...place, folder, now: Date.now() });
  console.log(`Restored the backup of ${madeAt} into ${place.dataDir}: the database and ${fileCount} files.`);
  return closedCount;
}
