import type { Region } from "./models/model";
import type { OwnPrice } from "./models/price";

/** Where a model runs: a vendor, and its region where it has regions. It decides what there is and what it costs. */
export type ConnectionPlace = { vendor: "dashscope"; region: Region } | { vendor: "aimlapi" };

/** A connection without its key, which never leaves the server. */
export type ConnectionFacts = {
  id: string;
  label: string;
  place: ConnectionPlace;
  /** What the operator says models cost there. */
  prices: readonly OwnPrice[];
  /** Runs against our own emulator: nothing is charged, prices read as what it would cost. */
  isDemo: boolean;
  /** The operator pointed it at this machine: no real vendor is behind it. */
  isTest: boolean;
};

/** A connection as the page knows it. */
export type ConnectionView = ConnectionFacts & {
  /** Whether its vendor can read files of ours by a public link. */
  hasPublicLinks: boolean;
};

export const REGION_LABELS: Record<Region, string> = {
  "ap-southeast-1": "Singapore",
  "cn-beijing": "Beijing",
  "us-east-1": "Virginia",
  "eu-central-1": "Frankfurt",
};

export function placeLabel(place: ConnectionPlace): string {
  return place.vendor === "aimlapi" ? "AI/ML API" : REGION_LABELS[place.region];
}

/** One thing that a test of a connection looked at, in words. `unknown`: it cannot be told without spending money. */
export type ConnectionCheck = {
  subject: "key" | "region" | "models" | "upload" | "links";
  verdict: "good" | "bad" | "unknown";
  message: string;
};

/** What a test found; nothing was spent. */
export type ConnectionReport = { connectionId: string; checkedAt: number; checks: ConnectionCheck[] };
