/** A setting that stops the start; the message names the variable. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}
