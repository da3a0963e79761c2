/**
 * Rejects the handler, so that whoever mounts it cuts the connection instead of answering. To a caller that uses it as
 * `fetch` it is what a broken connection looks like there.
 */
export class ConnectionCut extends TypeError {
  override readonly name = "TypeError";

  constructor() {
    super("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
  }
}
