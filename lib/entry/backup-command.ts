import { resolve } from "node:path";
import { BackupError } from "@/lib/server/backup/backup-error";
import { type Env, readEnv } from "@/lib/server/env";
import { EnvError } from "@/lib/server/env-error";
import { loadEnvFiles } from "./load-env-files";

/** Says that another tool has put the database back. */
export const DATABASE_IS_BACK = "--database-is-back";

type BackupPlace = { kind: "here"; dataDir: string } | { kind: "elsewhere"; words: string };

const ELSEWHERE = `This studio keeps its data in PostgreSQL or in a bucket, which have better tools of their own.
To back it up, in this order, while it runs:
  1. pg_dump --format=custom --file=firstframe.dump "$DATABASE_URL"
     (of the embedded database: sqlite3 "$DATA_DIR/firstframe.sqlite" "vacuum into 'copy.sqlite'")
  2. then the bucket: aws s3 sync "s3://$S3_BUCKET" <folder> (--endpoint-url "$S3_ENDPOINT"), or keep versioning on and note the time.
A file is never changed and stands in the bucket before a row names it, so the later copy has all that the earlier one names.
To restore, with every process stopped: the bucket first, then pg_restore into an empty database (or the copy
as firstframe.sqlite into DATA_DIR), and before anything starts
  npm run restore -- ${DATABASE_IS_BACK}
which sees to it that nothing that was under way is paid for twice, and that open pages show it all anew.
Of DATA_DIR nothing has to be kept but what is in incoming/named: clips that were fetched and not stored yet.`;

export function readPlaces(): Env {
  loadEnvFiles(resolve(import.meta.dirname, "../.."));
  return readEnv();
}

/** Where the data is, if that is a folder of this machine alone. */
export function readBackupPlace(): BackupPlace {
  const { databaseUrl, s3, dataDir } = readPlaces();
  return databaseUrl || s3 ? { kind: "elsewhere", words: ELSEWHERE } : { kind: "here", dataDir };
}

export function folderArgument(command: string): string {
  const [folder, ...more] = process.argv.slice(2);
  if (!folder || more.length > 0 || folder.startsWith("-")) {
    throw new BackupError(`Say which folder: npm run ${command} -- /path/to/a/folder`);
  }
  return folder;
}

export async function runBackupCommand(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    console.error(error instanceof BackupError || error instanceof EnvError ? error.message : error);
    process.exitCode = 1;
  }
}
