import { createHash } from "node:crypto";

/** What an order may carry. */
const ID_LENGTH_MAX = 100;

/** What a connection is, without its key: where its tasks are. Parts that it does not have are null. */
export type ConnectionParts = {
  vendor: "dashscope" | "aimlapi";
  region: string | null;
  workspaceId: string | null;
  /** Where the operator leads it elsewhere than to the vendor's own address. */
  host: string | null;
};

/**
 * The id of a connection, the same for as long as its tasks are in the same place: whoever replaces a key or chooses
 * another name still owns the tasks that were started, and whoever points a name at another place does not look for
 * them there. Every part but the first two says what it is. `name` only tells equals apart.
 */
export function connectionId(parts: ConnectionParts, name: string | null): string {
  const { vendor, region, ...others } = parts;
  const tagged = Object.entries({ ...others, name }).flatMap(([tag, value]) =>
    value === null ? [] : [`${tag}=${encodeURIComponent(value)}`],
  );
  return fitted(vendor, [vendor, ...(region === null ? [] : [region]), ...tagged]);
}

/** The id that rows of before 2026-11-21 carry: the name always in it, and nothing to tell the parts apart. */
export function formerConnectionId(parts: ConnectionParts, name: string | null): string {
  const { vendor, region, workspaceId, host } = parts;
  return fitted(
    vendor,
    [vendor, region, workspaceId, host, name].filter((part) => part !== null),
  );
}

function fitted(vendor: string, parts: string[]): string {
  const id = parts.join(":");
  if (id.length <= ID_LENGTH_MAX) return id;
  return `${vendor}:${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}
