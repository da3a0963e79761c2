/** The origin of links that leave the page: `PUBLIC_URL` where it is set, else the one that was asked for. */
export function requestOrigin(publicUrl: string | null, asked: { get(name: string): string | null }): string {
  if (publicUrl) return publicUrl;
  const host = asked.get("x-forwarded-host") ?? asked.get("host") ?? "127.0.0.1";
  return `${asked.get("x-forwarded-proto") === "https" ? "https" : "http"}://${host}`;
}
