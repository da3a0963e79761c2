import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../support/start-postgres";
import { openTestBucket, type S3Server } from "../support/test-storage";

/** A PostgreSQL that may be killed, and a bucket: what a server and a worker share. */
export async function openSharedStores(s3: S3Server) {
  const folder = await mkdtemp(join(tmpdir(), "firstframe-shared-"));
  const bucket = await openTestBucket(s3, folder);
  const postgres = await startPostgres();
  const { endpoint, region, credentials, bucket: name } = bucket.place;
  return {
    postgres,
    env: {
      DATABASE_URL: postgres.url,
      AUTH_SECRET: "0123456789abcdef0123456789abcdef",
      S3_BUCKET: name,
      S3_ENDPOINT: endpoint ?? "",
      S3_REGION: region,
      S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? "",
      S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
    },
    async remove(): Promise<void> {
      await postgres.stop();
      await bucket.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
