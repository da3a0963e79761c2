import { StoreError } from "./xml-reply";

/** An uploaded form: its fields, and then, since it comes last, the file as it streams in. */
export type Form = { fields: Map<string, string>; file: AsyncIterable<Buffer> };

const FIELDS_SIZE_BYTES_MAX = 64 * 1024;
const HEADERS_SIZE_BYTES_MAX = 8 * 1024;

/**
 * Reads multipart/form-data up to the field named `file`, without ever holding the file. What follows the file is
 * ignored, as OSS does. Throws a StoreError when the body is no such form or ends early.
 */
export async function readForm(request: Request): Promise<Form> {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;.*\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(
      request.headers.get("content-type") ?? "",
    ) ?? [];
  const boundary = quoted ?? plain;
  if (!boundary || !request.body) throw malformed();
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const reader = createReader(request.body);
  await reader.until(delimiter, HEADERS_SIZE_BYTES_MAX);

  const fields = new Map<string, string>();
  let sizeBytes = 0;
  for (;;) {
    if ((await reader.take(2)).toString("latin1") !== "\r\n") {
      throw new StoreError(400, "InvalidArgument", "The form has no field named file.");
    }
    const headers = (await reader.until(Buffer.from("\r\n\r\n"), HEADERS_SIZE_BYTES_MAX)).toString();
    const name = /^content-disposition:[^\r\n]*\bname="([^"]*)"/im.exec(headers)?.[1];
    if (name === undefined) throw malformed();
    if (name === "file") return { fields, file: reader.stream(delimiter) };
    const value = await reader.until(delimiter, FIELDS_SIZE_BYTES_MAX);
    sizeBytes += value.length;
    if (sizeBytes > FIELDS_SIZE_BYTES_MAX) throw malformed();
    fields.set(name, value.toString());
  }
}

function createReader(body: ReadableStream<Uint8Array>) {
  const chunks = body[Symbol.asyncIterator]();
  // The first boundary stands at the start of the body, without the line break that every other has before it.
  let held: Buffer = Buffer.from("\r\n");

  async function more(): Promise<void> {
    const { done, value } = await chunks.next();
    if (done) throw malformed();
    held = held.length === 0 ? Buffer.from(value) : Buffer.concat([held, value]);
  }

  return {
    async take(count: number): Promise<Buffer> {
      while (held.length < count) await more();
      const taken = held.subarray(0, count);
      held = held.subarray(count);
      return taken;
    },

    /** What stands before `mark`; both are passed over. */
    async until(mark: Buffer, sizeBytesMax: number): Promise<Buffer> {
      let at = held.indexOf(mark);
      while (at === -1) {
        if (held.length > sizeBytesMax) throw malformed();
        // The mark may have begun in what was looked at already.
        const from = Math.max(0, held.length - mark.length);
        await more();
        at = held.indexOf(mark, from);
      }
      const before = held.subarray(0, at);
      held = held.subarray(at + mark.length);
      return before;
    },

    async *stream(mark: Buffer): AsyncGenerator<Buffer> {
      for (;;) {
        const at = held.indexOf(mark);
        if (at !== -1) {
          if (at > 0) yield held.subarray(0, at);
          return;
        }
        // The last bytes may be the beginning of the mark.
        const sure = held.length - mark.length;
        if (sure > 0) {
          yield held.subarray(0, sure);
          held = held.subarray(sure);
        }
        await more();
      }
    },
  };
}

function malformed(): StoreError {
  return new StoreError(
    400,
    "MalformedPOSTRequest",
    "The body of your POST request is not well-formed multipart/form-data.",
  );
}
