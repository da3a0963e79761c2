import { createHash } from "node:crypto";
import { type ConnectionFacts, REGION_LABELS } from "@/lib/domain/connection";
import type { AimlapiEnv, ConnectionEnv, DashScopeEnv } from "../env";
import { type PriceBook, pricesAt } from "../spend/read-prices";
import { createAimlapi } from "./aimlapi/client";
import { createDashScope } from "./dashscope/client";
import { dashScopeBaseUrl } from "./dashscope/endpoint";
import type { Fetch } from "./http";
import { pacedProvider } from "./paced-provider";
import type { VideoProvider } from "./provider";

/** The vendor's own advice for its queries. (API reference, "Polling recommendation".) */
const VENDOR_LOOK_INTERVAL_MS = 15_000;
/** A loopback service has no rate to spare, and its tasks are short. */
const LOOPBACK_LOOK_INTERVAL_MS = 1_000;
/** What an order may carry. */
const ID_LENGTH_MAX = 100;

export const DEMO_CONNECTION_ID = "demo";
/** Never looked up: requests to it go straight to the emulator's handler. */
export const DEMO_BASE_URL = "http://emulator.invalid/api/v1";

/** A vendor in a region with a key: rows belong to one and never move to another by themselves. */
export type Connection = {
  view: ConnectionFacts;
  /** Connections with the same key share what the vendor limits by account. */
  accountId: string;
  provider: VideoProvider;
  /** How this connection's files are fetched. */
  fetch: Fetch;
  /** The one origin that need not be public. */
  trustedOrigin: string;
  lookIntervalMs: number;
};

export type Connections = {
  /** What a new generation may use; the first is the one offered first. */
  offered: readonly Connection[];
  /** Any connection whose rows can still be finished. */
  find(id: string): Connection | null;
  /** Ids of the connections of an account. */
  ofAccount(accountId: string): string[];
};

type Network = { fetch: Fetch; now: () => number; prices: PriceBook };

/**
 * The connections of this installation, as the operator set them up. The demo connection is offered only where there
 * are none, but is always there to finish its own rows.
 */
export function createConnections(
  options: Omit<Network, "prices"> & {
    prices?: PriceBook;
    connections: readonly ConnectionEnv[];
    emulatorFetch: Fetch;
    /** Waits until the account may be asked once more; at once where nobody counts. */
    pace?: (accountId: string, signal: AbortSignal) => Promise<void>;
  },
): Connections {
  const network = { fetch: options.fetch, now: options.now, prices: options.prices ?? [] };
  const own = options.connections.map((env) =>
    env.vendor === "dashscope" ? connectDashScope(env, network) : connectAimlapi(env, network),
  );
  const demo = connectDemo({ ...network, fetch: options.emulatorFetch });
  const { pace } = options;
  const all = [...own, demo].map((connection) => {
    const { provider, accountId } = connection;
    if (!pace) return connection;
    return { ...connection, provider: pacedProvider(provider, (signal) => pace(accountId, signal)) };
  });
  return {
    offered: own.length > 0 ? all.slice(0, -1) : all,
    find: (id) => all.find((connection) => connection.view.id === id) ?? null,
    ofAccount: (accountId) =>
      all.filter((connection) => connection.accountId === accountId).map(({ view }) => view.id),
  };
}

function connectDemo(network: Network): Connection {
  const region = "ap-southeast-1";
  return connect({
    view: {
      id: DEMO_CONNECTION_ID,
      label: "Demo",
      place: { vendor: "dashscope", region },
      prices: pricesAt(network.prices, { vendor: "dashscope", region }),
      isDemo: true,
      isTest: false,
    },
    accountId: DEMO_CONNECTION_ID,
    baseUrl: DEMO_BASE_URL,
    provider: createDashScope({ baseUrl: DEMO_BASE_URL, region, apiKey: "sk-demo", ...network }),
    fetch: network.fetch,
  });
}

function connectDashScope(env: DashScopeEnv, { fetch, now, prices }: Network): Connection {
  const { region, apiKey } = env;
  const baseUrl = dashScopeBaseUrl(env);
  const { host, hostname } = new URL(baseUrl);
  const where = `Model Studio, ${REGION_LABELS[region]}`;
  return connect({
    view: {
      id: idOf("dashscope", region, env.workspaceId, env.baseUrl && host, env.name),
      label: env.name ?? (env.baseUrl ? `${where}, at ${host}` : where),
      place: { vendor: "dashscope", region },
      prices: pricesAt(prices, { vendor: "dashscope", region }),
      isDemo: false,
      isTest: isLoopback(hostname),
    },
    accountId: accountOf(baseUrl, apiKey),
    baseUrl,
    provider: createDashScope({ baseUrl, region, apiKey, fetch, now }),
    fetch,
  });
}

function connectAimlapi({ name, baseUrl, apiKey }: AimlapiEnv, { fetch, now, prices }: Network): Connection {
  const { host, hostname } = new URL(baseUrl);
  const isElsewhere = host !== "api.aimlapi.com";
  return connect({
    view: {
      id: idOf("aimlapi", isElsewhere && host, name),
      label: name ?? (isElsewhere ? `AI/ML API, at ${host}` : "AI/ML API"),
      place: { vendor: "aimlapi" },
      prices: pricesAt(prices, { vendor: "aimlapi" }),
      isDemo: false,
      isTest: isLoopback(hostname),
    },
    accountId: accountOf(baseUrl, apiKey),
    baseUrl,
    provider: createAimlapi({ baseUrl, apiKey, fetch, now }),
    fetch,
  });
}

function connect({
  baseUrl,
  ...connection
}: Pick<Connection, "view" | "accountId" | "provider" | "fetch"> & { baseUrl: string }): Connection {
  const { isDemo, isTest } = connection.view;
  return {
    ...connection,
    trustedOrigin: new URL(baseUrl).origin,
    lookIntervalMs: isDemo || isTest ? LOOPBACK_LOOK_INTERVAL_MS : VENDOR_LOOK_INTERVAL_MS,
  };
}

/**
 * What a connection is, without its key: whoever replaces a key still owns the tasks that the old one started, and
 * whoever points a name at another place does not look for them there.
 */
function idOf(...parts: (string | null | false)[]): string {
  const id = parts.filter(Boolean).join(":");
  if (id.length <= ID_LENGTH_MAX) return id;
  return `${parts[0]}:${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}

/** Who pays, as far as a key tells: the key itself stands nowhere. */
function accountOf(baseUrl: string, apiKey: string): string {
  return createHash("sha256")
    .update(`${new URL(baseUrl).host} ${apiKey}`)
    .digest("hex")
    .slice(0, 16);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
