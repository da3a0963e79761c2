import { createHash } from "node:crypto";
import type { ConnectionFacts } from "@/lib/domain/connection";
import type { AimlapiEnv, ConnectionEnv, DashScopeEnv } from "../env-connections";
import { type PriceBook, pricesAt } from "../spend/read-prices";
import { createAimlapi } from "./aimlapi/client";
import { type ConnectionParts, connectionId, formerConnectionId } from "./connection-id";
import { connectionLabel, ownHost } from "./connection-label";
import { createDashScope } from "./dashscope/client";
import { dashScopeBaseUrl } from "./dashscope/endpoint";
import type { Fetch } from "./http";
import { countedFetch, type Measure, measuredProvider } from "./measured-provider";
import { type Pace, pacedProvider } from "./paced-provider";
import type { VideoProvider } from "./provider";

/** The vendor's own advice for its queries. (API reference, "Polling recommendation".) */
const VENDOR_LOOK_INTERVAL_MS = 15_000;
/** A loopback service has no rate to spare, and its tasks are short. */
const LOOPBACK_LOOK_INTERVAL_MS = 1_000;

export const DEMO_CONNECTION_ID = "demo";
/** Never looked up: requests to it go straight to the emulator's handler. */
export const DEMO_BASE_URL = "http://emulator.invalid/api/v1";

/** A vendor in a region with a key: rows belong to one and never move to another by themselves. */
export type Connection = {
  view: ConnectionFacts;
  /** Connections with the same key, or of the same named account, share what the vendor limits by account. */
  accountId: string;
  provider: VideoProvider;
  /** How this connection's files are fetched. */
  fetch: Fetch;
  /** The one origin that need not be public. */
  trustedOrigin: string;
  lookIntervalMs: number;
  /** Ids that rows of its own may carry from before. */
  formerIds: readonly string[];
};

export type Connections = {
  /** What a new generation may use; the first is the one offered first. */
  offered: readonly Connection[];
  /**
   * The connection that a row belongs to. A row of when ids were made otherwise, or of when its connection had no equal
   * yet, is found where the label is known and the same too: it never moves to another account by itself.
   */
  find(row: { id: string; label: string | null }): Connection | null;
  /** Ids that rows of an account's connections carry, those of before with them. */
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
    /** When an account may be asked once more; at once where nobody counts. */
    pace?: Pace;
    /** Who counts calls, by vendor or `demo`, and the bytes of finished files. */
    meter?: {
      vendorCall(vendor: string, ...call: Parameters<Measure>): void;
      downloaded(sizeBytes: number): void;
    };
  },
): Connections {
  const network = { fetch: options.fetch, now: options.now, prices: options.prices ?? [] };
  const own = options.connections.map((env) => {
    const ids = idsOf(env, options.connections);
    return env.vendor === "dashscope"
      ? connectDashScope(env, ids, network)
      : connectAimlapi(env, ids, network);
  });
  const demo = connectDemo({ ...network, fetch: options.emulatorFetch });
  const { pace, meter } = options;
  const all = [...own, demo].map((connection) => {
    const { accountId, view } = connection;
    let { provider, fetch } = connection;
    if (meter) {
      const vendor = view.isDemo ? "demo" : view.place.vendor;
      provider = measuredProvider(provider, (...call) => meter.vendorCall(vendor, ...call));
      fetch = countedFetch(fetch, (sizeBytes) => meter.downloaded(sizeBytes));
    }
    // Outside, so that a call is measured without the wait for its turn.
    if (pace) provider = pacedProvider(provider, accountId, pace);
    return { ...connection, provider, fetch };
  });
  return {
    offered: own.length > 0 ? all.slice(0, -1) : all,
    find({ id, label }) {
      const found = all.filter(
        ({ view, formerIds }) => view.id === id || (formerIds.includes(id) && view.label === label),
      );
      return found.find(({ view }) => view.label === label) ?? found[0] ?? null;
    },
    ofAccount: (accountId) =>
      all
        .filter((connection) => connection.accountId === accountId)
        .flatMap(({ view, formerIds }) => [
          view.id,
          // One of before may be another account's by now.
          ...formerIds.filter((id) => !all.some((other) => other.view.id === id)),
        ]),
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
    formerIds: [],
  });
}

function connectDashScope(
  env: DashScopeEnv,
  { id, formerIds, accountId }: Ids,
  { fetch, now, prices }: Network,
): Connection {
  const { region, apiKey } = env;
  const baseUrl = dashScopeBaseUrl(env);
  const { hostname } = new URL(baseUrl);
  return connect({
    view: {
      id,
      label: connectionLabel(env),
      place: { vendor: "dashscope", region },
      prices: pricesAt(prices, { vendor: "dashscope", region }),
      isDemo: false,
      isTest: isLoopback(hostname),
    },
    accountId,
    baseUrl,
    provider: createDashScope({ baseUrl, region, apiKey, fetch, now }),
    fetch,
    formerIds,
  });
}

function connectAimlapi(
  env: AimlapiEnv,
  { id, formerIds, accountId }: Ids,
  { fetch, now, prices }: Network,
): Connection {
  const { baseUrl, apiKey } = env;
  const { hostname } = new URL(baseUrl);
  return connect({
    view: {
      id,
      label: connectionLabel(env),
      place: { vendor: "aimlapi" },
      prices: pricesAt(prices, { vendor: "aimlapi" }),
      isDemo: false,
      isTest: isLoopback(hostname),
    },
    accountId,
    baseUrl,
    provider: createAimlapi({ baseUrl, apiKey, fetch, now }),
    fetch,
    formerIds,
  });
}

function connect({
  baseUrl,
  ...connection
}: Pick<Connection, "view" | "accountId" | "provider" | "fetch" | "formerIds"> & {
  baseUrl: string;
}): Connection {
  const { isDemo, isTest } = connection.view;
  return {
    ...connection,
    trustedOrigin: new URL(baseUrl).origin,
    lookIntervalMs: isDemo || isTest ? LOOPBACK_LOOK_INTERVAL_MS : VENDOR_LOOK_INTERVAL_MS,
  };
}

/** Where the tasks of a connection are. */
function partsOf(env: ConnectionEnv): ConnectionParts {
  const host = ownHost(env);
  return env.vendor === "dashscope"
    ? { vendor: env.vendor, region: env.region, workspaceId: env.workspaceId, host }
    : { vendor: env.vendor, region: null, workspaceId: null, host };
}

type Ids = Pick<Connection, "formerIds" | "accountId"> & { id: string };

/** The ids of a connection among all: its own, and those that rows may carry from when it was set up otherwise. */
function idsOf(env: ConnectionEnv, all: readonly ConnectionEnv[]): Ids {
  const parts = partsOf(env);
  const bareId = connectionId(parts, null);
  const hasEquals = all.filter((other) => connectionId(partsOf(other), null) === bareId).length > 1;
  const id = hasEquals ? connectionId(parts, env.name) : bareId;
  const accountId = accountOf(env, all);
  return {
    id,
    accountId,
    formerIds: [bareId, connectionId(parts, env.name), formerConnectionId(parts, env.name)],
  };
}

/**
 * Whose limits count, on whichever of the vendor's hosts: the account that the operator names, for this connection or
 * another with the same key, or else as far as the key tells. The key itself stands nowhere.
 */
function accountOf({ vendor, apiKey, account }: ConnectionEnv, all: readonly ConnectionEnv[]): string {
  const withKey = all.find((other) => other.vendor === vendor && other.apiKey === apiKey && other.account);
  const name = account ?? withKey?.account ?? null;
  // No key has a space in it.
  const who = name === null ? apiKey : `account ${name.toLowerCase()}`;
  return createHash("sha256").update(`${vendor} ${who}`).digest("hex").slice(0, 16);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
