/** The link itself is at fault: the file is gone or may not be read. A fresh link may help; the same one will not. */
export class LinkError extends Error {
  override readonly name = "LinkError";
}
