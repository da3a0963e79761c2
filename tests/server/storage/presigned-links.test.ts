import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { createLog } from "@/lib/server/log";
import { createS3Storage, type S3Place } from "@/lib/server/storage/s3-storage";

const place: S3Place = {
  bucket: "films",
  region: "eu-central-1",
  endpoint: "http://10.0.0.7:9000",
  publicEndpoint: "https://s3.example",
  credentials: { accessKeyId: "AKIA1", secretAccessKey: "never-in-a-link" },
};
const key = "assets/ab/abc.mp4";
const signedAt = Date.parse("2026-11-21T10:00:00Z");
const options = { mediaType: "video/mp4", signedAt, lifeMs: 24 * 3_600_000 };

function openStorage(change: Partial<S3Place> = {}) {
  return createS3Storage({ place: { ...place, ...change }, spoolDir: tmpdir(), log: createLog("silent") });
}

async function linkAt(change: Partial<S3Place> = {}): Promise<URL> {
  const { linkFor } = openStorage(change);
  return new URL((await linkFor?.(key, options)) ?? expect.fail("it gives no links"));
}

it("leads to the endpoint that the vendor sees, and ends its path like the file", async () => {
  const url = await linkAt();
  expect(url.origin + url.pathname).toBe("https://s3.example/films/assets/ab/abc.mp4");
  const amazon = await linkAt({ endpoint: null, publicEndpoint: "https://s3.eu-central-1.amazonaws.com" });
  expect(amazon.origin + amazon.pathname).toBe(
    "https://s3.eu-central-1.amazonaws.com/films/assets/ab/abc.mp4",
  );
});

it("says when it was signed, for how long, and what the answer calls the file, and keeps the secret", async () => {
  const url = await linkAt();
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    "X-Amz-Date": "20261121T100000Z",
    "X-Amz-Expires": "86400",
    "X-Amz-Credential": "AKIA1/20261121/eu-central-1/s3/aws4_request",
    "response-content-type": "video/mp4",
  });
  expect(url.href).not.toContain("never-in-a-link");
});

it("asks its reader for no header and no checksum: a vendor sends neither", async () => {
  const { searchParams } = await linkAt();
  expect(searchParams.get("X-Amz-SignedHeaders")).toBe("host");
  expect([...searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
});

it("is not to be had where the bucket cannot be reached from outside, nor for a key that is none of ours", async () => {
  expect(openStorage({ publicEndpoint: null })).not.toHaveProperty("linkFor");
  await expect(openStorage().linkFor?.("../secret", options)).rejects.toThrow("left its folder");
});
