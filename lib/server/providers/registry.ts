import type { ConnectionView } from "@/lib/domain/connection";
import { REGION_LABELS } from "@/lib/domain/connection";
import type { DashScopeEnv } from "../env";
import { createDashScope } from "./dashscope/client";
import { dashScopeBaseUrl } from "./dashscope/endpoint";
import type { Fetch } from "./http";
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
  view: ConnectionView;
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
};

/**
 * The connections of this installation. The demo connection is offered only where no key is set, but is always there
 * to finish its own rows.
 */
export function createConnections(options: {
  dashscope: DashScopeEnv | null;
  fetch: Fetch;
  emulatorFetch: Fetch;
  now: () => number;
}): Connections {
  const demo = connect({
    view: {
      id: DEMO_CONNECTION_ID,
      label: "Demo",
      place: { vendor: "dashscope", region: "ap-southeast-1" },
      isDemo: true,
      isTest: false,
    },
    baseUrl: DEMO_BASE_URL,
    apiKey: "sk-demo",
    fetch: options.emulatorFetch,
    now: options.now,
  });
  const own = options.dashscope ? connectDashScope(options.dashscope, options) : null;
  const all = own ? [own, demo] : [demo];
  return {
    offered: [own ?? demo],
    find: (id) => all.find((connection) => connection.view.id === id) ?? null,
  };
}

function connectDashScope(
  env: DashScopeEnv,
  { fetch, now }: { fetch: Fetch; now: () => number },
): Connection {
  const baseUrl = dashScopeBaseUrl(env);
  const { host, hostname } = new URL(baseUrl);
  const region = REGION_LABELS[env.region];
  // The key is no part of the id: whoever replaces a key still owns the tasks that the old one started.
  const id = ["dashscope", env.region, env.workspaceId, env.baseUrl && host].filter(Boolean).join(":");
  return connect({
    view: {
      id,
      label: env.baseUrl ? `Model Studio, ${region}, at ${host}` : `Model Studio, ${region}`,
      place: { vendor: "dashscope", region: env.region },
      isDemo: false,
      isTest: isLoopback(hostname),
    },
    baseUrl,
    apiKey: env.apiKey,
    fetch,
    now,
  });
}

function connect(options: {
  view: ConnectionView;
  baseUrl: string;
  apiKey: string;
  fetch: Fetch;
  now: () => number;
}): Connection {
  const { view, baseUrl, apiKey, fetch, now } = options;
  return {
    view,
    provider: createDashScope({ baseUrl, apiKey, fetch, now }),
    fetch,
    trustedOrigin: new URL(baseUrl).origin,
    lookIntervalMs: view.isDemo || view.isTest ? LOOPBACK_LOOK_INTERVAL_MS : VENDOR_LOOK_INTERVAL_MS,
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
