import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { newId } from "@/lib/domain/ids";
import { EnvError } from "../env-error";
import type { Log } from "../log";
import { isMissing, isRefused, storageUnavailable } from "./s3-errors";
import { checkKey, type LinkOptions, type Storage } from "./storage";

/** Where the bucket is. Without keys the machine's own role is asked, as Amazon's tools do. */
export type S3Place = {
  bucket: string;
  region: string;
  /** Of any S3-compatible server; null for Amazon's own of the region. */
  endpoint: string | null;
  /** The endpoint as a vendor sees it; null where the bucket cannot be reached from outside. */
  publicEndpoint: string | null;
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
};

/** One for all processes: it does not matter who of them removes it. */
const PROBE_KEY = "probe";
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 3;
const CONNECT_MS_MAX = 5_000;
/** Of silence on the line, not of the whole transfer. */
const SILENCE_MS_MAX = 30_000;

/**
 * Files in a bucket of an S3-compatible service. An object is there whole or not at all: a put in several parts shows
 * when the last one is confirmed, and takes its parts back when it fails. `spoolDir` is for files that a tool wants as
 * a local path.
 */
export function createS3Storage(options: { place: S3Place; spoolDir: string; log: Log }): Storage & {
  /** Throws an EnvError where the service refuses the bucket or the keys; a service that is down is only logged. */
  check(): Promise<void>;
  close(): void;
} {
  const { place, spoolDir, log } = options;
  const Bucket = place.bucket;
  const client = connect(place);
  // The host is part of what is signed, so links are made by a client of the address that the vendor asks.
  const signer = place.publicEndpoint && connect({ ...place, endpoint: place.publicEndpoint });

  async function asked<Value>(key: string, ask: () => Promise<Value>): Promise<Value> {
    checkKey(key);
    try {
      return await ask();
    } catch (error) {
      log.warn({ error, key }, "the file storage does not do what it is asked");
      throw storageUnavailable(error);
    }
  }

  /**
   * Null where the object is not there. A bucket that is away answers 404 as well, and to a HEAD without a word of which it
   * means: nothing is called missing before the bucket was asked for.
   */
  function askedOrNull<Value>(key: string, ask: () => Promise<Value>): Promise<Value | null> {
    return asked(key, async () => {
      try {
        return await ask();
      } catch (error) {
        if (!isMissing(error)) throw error;
        await askForBucket();
        return null;
      }
    });
  }

  const askForBucket = () => client.send(new HeadBucketCommand({ Bucket }));

  const head = (key: string) =>
    askedOrNull(key, () => client.send(new HeadObjectCommand({ Bucket, Key: key })));

  const storage: Storage = {
    async put(key, localPath) {
      const { size } = await stat(localPath);
      await asked(key, async () => {
        const Body = createReadStream(localPath);
        const upload = new Upload({
          client,
          params: { Bucket, Key: key, Body, ContentLength: size },
          partSize: PART_BYTES,
          queueSize: PARTS_AT_ONCE,
          leavePartsOnError: false,
        });
        try {
          await upload.done();
        } finally {
          Body.destroy();
        }
      });
      const stored = await storage.stat(key);
      if (stored?.sizeBytes !== size) {
        throw storageUnavailable(
          new Error(`Of ${size} bytes under ${key} the storage kept ${stored?.sizeBytes ?? "none"}`),
        );
      }
      await rm(localPath, { force: true });
    },

    async open(key, range) {
      const Range = range && `bytes=${range.start}-${range.end}`;
      const found = await askedOrNull(key, () =>
        client.send(new GetObjectCommand({ Bucket, Key: key, Range })),
      );
      return found?.Body instanceof Readable ? found.Body : null;
    },

    async stat(key) {
      const found = await head(key);
      return found ? { sizeBytes: found.ContentLength ?? 0 } : null;
    },

    async remove(key) {
      await askedOrNull(key, () => client.send(new DeleteObjectCommand({ Bucket, Key: key })));
    },

    async probe() {
      // A bucket that is there may still take nothing: its room is used up, or the key may only read.
      await client.send(new PutObjectCommand({ Bucket, Key: PROBE_KEY, Body: "probe" }));
      await client.send(new DeleteObjectCommand({ Bucket, Key: PROBE_KEY }));
    },

    async withLocalFile(key, use) {
      const found = await storage.stat(key);
      const body = found && (await storage.open(key));
      if (!body) throw new Error(`Nothing is stored under ${key}`);
      await mkdir(spoolDir, { recursive: true });
      // Some tools judge a file by the end of its name.
      const path = join(spoolDir, `${newId("req")}-${key.split("/").at(-1)}`);
      try {
        await asked(key, async () => {
          await pipeline(body, createWriteStream(path, { mode: 0o600 }));
          const { size } = await stat(path);
          if (size !== found.sizeBytes) throw new Error(`${size} of ${found.sizeBytes} bytes came`);
        });
        return await use(path);
      } finally {
        await rm(path, { force: true });
      }
    },

    ...(signer && {
      async linkFor(key: string, { mediaType, signedAt, lifeMs }: LinkOptions) {
        checkKey(key);
        const command = new GetObjectCommand({ Bucket, Key: key, ResponseContentType: mediaType });
        const signingDate = new Date(signedAt);
        return getSignedUrl(signer, command, { signingDate, expiresIn: Math.floor(lifeMs / 1_000) });
      },
    }),
  };

  return {
    ...storage,
    async check() {
      try {
        await askForBucket();
      } catch (error) {
        if (isMissing(error)) throw new EnvError(`S3_BUCKET: there is no bucket named ${Bucket}.`);
        if (isRefused(error)) {
          throw new EnvError(
            `S3_ACCESS_KEY_ID: the storage does not let this key use the bucket ${Bucket}.`,
            {
              cause: error,
            },
          );
        }
        log.warn({ error }, "the file storage does not answer; going on without it for now");
      }
    },
    close() {
      client.destroy();
      if (signer) signer.destroy();
    },
  };
}

function connect({
  region,
  endpoint,
  credentials,
}: Pick<S3Place, "region" | "endpoint" | "credentials">): S3Client {
  return new S3Client({
    region,
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials }),
    // Other vendors' servers do not all know the checksums that the client adds by default, and who follows a link
    // sends no header to ask for them.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 3,
    requestHandler: { connectionTimeout: CONNECT_MS_MAX, socketTimeout: SILENCE_MS_MAX },
  });
}
