import { resolve } from "node:path";
import { BackupError } from "@/lib/server/backup/backup-error";
import { makeBackup } from "@/lib/server/backup/make-backup";
import { folderArgument, readBackupPlace, runBackupCommand } from "./backup-command";

await runBackupCommand(async () => {
  const folder = resolve(folderArgument("backup"));
  const place = readBackupPlace();
  if (place.kind === "elsewhere") throw new BackupError(place.words);
  const { fileCount, sizeBytes, hasSecrets } = await makeBackup({ ...place, folder, now: Date.now() });
  console.log(
    `Backed up ${place.dataDir} to ${folder}: the database and ${fileCount} files, ${(sizeBytes / 1e6).toFixed(1)} MB.`,
  );
  console.log(
    "Files on the same disk are shared with the studio and take no room; copy the folder to another machine to be safe.",
  );
  if (hasSecrets)
    console.log("It holds secrets.json, which sessions are signed with: keep it as private as the studio.");
  console.log("Keys and settings (.env) are not in it.");
});
