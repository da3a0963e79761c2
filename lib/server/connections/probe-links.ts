import type { ConnectionCheck } from "@/lib/domain/connection";
import { paths } from "@/lib/paths";
import { type Fetch, requestText, TransportError } from "../providers/http";

const TIMEOUT_MS = 10_000;
const REPLY_BYTES_MAX = 10_000;
/** A link that was never given out: the studio says that there is nothing at it, and only a studio says so. */
const NO_LINK = "probe";

/** Whether PUBLIC_URL leads back to a studio, as far as this server can see from where it stands. Costs nothing. */
export async function probeLinks(
  fetch: Fetch,
  publicUrl: string,
  signal: AbortSignal,
): Promise<ConnectionCheck> {
  const host = new URL(publicUrl).host;
  try {
    const reply = await requestText(
      fetch,
      publicUrl + paths.mediaLink(NO_LINK),
      {},
      { timeoutMs: TIMEOUT_MS, bytesMax: REPLY_BYTES_MAX, secret: null, signal },
    );
    return isStudio(reply.status, reply.json)
      ? check(
          "good",
          `${host} leads to this studio, seen from this server. That the vendor's network reaches it too, the first file shows.`,
        )
      : check(
          "bad",
          `${host} answers (HTTP ${reply.status}), but not as this studio does. A vendor would hear the same: look at PUBLIC_URL and at what stands before the studio.`,
        );
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return unreached(host, error);
  }
}

/**
 * Whether the storage opens a link to it. `url` leads to a file that is not there; what the storage's error code says of
 * that tells whether it took the signature. (Amazon S3, "Error responses": without the right to list a bucket a missing
 * object reads as AccessDenied.)
 */
export async function probeStorageLinks(
  fetch: Fetch,
  url: string,
  signal: AbortSignal,
): Promise<ConnectionCheck> {
  const { host } = new URL(url);
  try {
    const reply = await requestText(
      fetch,
      url,
      {},
      { timeoutMs: TIMEOUT_MS, bytesMax: REPLY_BYTES_MAX, secret: null, signal },
    );
    const code = /<Code>(\w+)<\/Code>/.exec(reply.text)?.[1];
    if (code === "NoSuchKey") {
      return check(
        "good",
        `${host} opens the bucket's links, seen from this server. That the vendor's network reaches it too, the first file shows.`,
      );
    }
    if (code === "AccessDenied") {
      return check(
        "unknown",
        `${host} is the storage, and does not say whether it takes the links: the key may not list the bucket. The first file shows it.`,
      );
    }
    return check(
      "bad",
      `${host} answers (${code ?? `HTTP ${reply.status}`}), but does not open the bucket's links. A vendor would hear the same: look at S3_PUBLIC_ENDPOINT, and whether what stands before the storage passes on the Host it was asked for.`,
    );
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return unreached(host, error);
  }
}

function isStudio(status: number, body: unknown): boolean {
  return status === 404 && JSON.stringify(body ?? null).includes('"code":"not-found"');
}

function unreached(host: string, { message }: TransportError): ConnectionCheck {
  return check(
    "unknown",
    `${host} could not be reached from this server. ${message}. Some networks do not lead back to themselves; if the vendor cannot reach it either, files that need a link fail, free of charge.`,
  );
}

function check(verdict: ConnectionCheck["verdict"], message: string): ConnectionCheck {
  return { subject: "links", verdict, message };
}
