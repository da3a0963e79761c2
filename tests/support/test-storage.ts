import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { createLog } from "@/lib/server/log";
import { createDiskStorage } from "@/lib/server/storage/disk-storage";
import { createS3Storage, type S3Place } from "@/lib/server/storage/s3-storage";
import type { Storage } from "@/lib/server/storage/storage";

/** A storage of a test's own, and what a look behind it finds. */
export type TestStorage = {
  storage: Storage;
  /** Every object in it; none where it lies in the folder anyway. */
  listKeys(): Promise<string[]>;
  remove(): Promise<void>;
};

export type S3Server = Pick<S3Place, "region" | "endpoint" | "credentials">;

/** The server that the TEST_S3_… variables name, where they are set: buckets may be made there, and it is only for tests. */
export const testS3Server: S3Server | null = process.env.TEST_S3_ENDPOINT
  ? {
      endpoint: process.env.TEST_S3_ENDPOINT,
      region: process.env.TEST_S3_REGION || "us-east-1",
      credentials: {
        accessKeyId: process.env.TEST_S3_ACCESS_KEY_ID ?? "",
        secretAccessKey: process.env.TEST_S3_SECRET_ACCESS_KEY ?? "",
      },
    }
  : null;

/** A bucket of the server where there is one, else a folder in the given one. */
export async function openTestStorage(folder: string): Promise<TestStorage> {
  if (testS3Server) return openTestBucket(testS3Server, folder);
  return {
    storage: createDiskStorage(join(folder, "storage")),
    listKeys: async () => [],
    remove: async () => {},
  };
}

export async function openTestBucket(server: S3Server, folder: string): Promise<TestStorage & S3TestBucket> {
  const bucket = `firstframe-test-${randomBytes(6).toString("hex")}`;
  const client = s3Client(server);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const place = { ...server, bucket, publicEndpoint: server.endpoint };
  const storage = createS3Storage({ place, spoolDir: join(folder, "spool"), log: createLog("silent") });
  async function listKeys(): Promise<string[]> {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key = "" }) => Key);
  }
  return {
    storage,
    place,
    listKeys,
    async listUnfinished() {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads.map(({ Key = "" }) => Key);
    },
    async remove() {
      for (const Key of await listKeys()) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      storage.close();
      client.destroy();
    },
  };
}

export type S3TestBucket = {
  place: S3Place;
  /** Uploads in parts that were begun and neither finished nor taken back. */
  listUnfinished(): Promise<string[]>;
};

function s3Client({ region, endpoint, credentials }: S3Server): S3Client {
  return new S3Client({
    region,
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials }),
  });
}
