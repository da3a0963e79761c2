/** `5`, `8.2`: whole seconds stay whole. */
export function formatSeconds(seconds: number): string {
  return String(Number(seconds.toFixed(1)));
}
