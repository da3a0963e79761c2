export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** With an empty TZ, Node names a zone that it does not know itself ("Etc/Unknown"), and reckons in UTC. */
export function knownTimeZone(name: string): string {
  return isTimeZone(name) ? name : "UTC";
}
