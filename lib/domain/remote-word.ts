// The two vendors' own words for the same.
const WAITING = new Set(["PENDING", "queued"]);
const RENDERING = new Set(["RUNNING", "generating"]);

/** What a vendor's word for a running task means; null for none, or for one that we do not know. */
export function readRemoteWord(word: string | null): "waiting" | "rendering" | null {
  if (word === null) return null;
  if (RENDERING.has(word)) return "rendering";
  return WAITING.has(word) ? "waiting" : null;
}
