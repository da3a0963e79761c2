/** What keeps a backup or a restore from being made, in words for whoever runs it. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}
