import type { Generated } from "kysely";

/**
 * The tables, in types that SQLite and Postgres share: ids are text, instants and money are integers (epoch
 * milliseconds, millionths), JSON is text.
 */
export type Tables = {
  assets: AssetTable;
  pending_blobs: PendingBlobTable;
  renditions: RenditionTable;
  generations: GenerationTable;
  generation_events: GenerationEventTable;
  shares: ShareTable;
  rate_gates: RateGateTable;
  event_horizons: EventHorizonTable;
  people: PersonTable;
  task_runs: TaskRunTable;
  beats: BeatTable;
};

/** One row per owner and content; equal content of two owners shares one blob. */
export type AssetTable = {
  id: string;
  owner_id: string;
  sha256: string;
  kind: string;
  media_type: string;
  file_name: string;
  size_bytes: number;
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  /** The picture must be redrawn before a vendor gets it: it is see-through, or turned by a flag. */
  needs_flattening: number;
  blob_key: string;
  preview_key: string | null;
  created_at: number;
};

/** A blob that is being written: if no row refers to it after a while, it is a stray and goes. */
export type PendingBlobTable = {
  id: string;
  blob_key: string;
  created_at: number;
};

/** A file as a slot takes it, made once per content and limits; it goes when no asset has that content any more. */
export type RenditionTable = {
  id: string;
  sha256: string;
  limits: string;
  media_type: string;
  size_bytes: number;
  blob_key: string;
  created_at: number;
};

export type GenerationTable = {
  id: string;
  owner_id: string;
  request_id: string;
  version: number;
  state: string;
  connection_id: string;
  connection_label: string;
  is_demo: number;
  model_id: string;
  model_label: string;
  mode: string;
  media_json: string;
  parameters_json: string;
  predicted_width: number | null;
  predicted_height: number | null;
  price_amount_micro: number | null;
  price_currency: string | null;
  /** What the vendor says it billed. */
  cost_amount_micro: number | null;
  cost_currency: string | null;
  /** What the row counts for in the caps, kept with every event; null where it counts for nothing. */
  spend_kind: string | null;
  spend_amount_micro: number | null;
  spend_currency: string | null;
  /** The day of the order in the installation's time zone, `YYYY-MM-DD`. */
  spend_day: string;
  attempt: number;
  due_at: number | null;
  deadline_at: number | null;
  lease_holder: string | null;
  lease_until: number | null;
  remote_task_json: string | null;
  remote_task_id: string | null;
  remote_word: string | null;
  /** Null in rows from before there was such a column: none. */
  unread_ways_json: string | null;
  former_task_id: string | null;
  submitted_at: number | null;
  last_checked_at: number | null;
  cancel_requested_at: number | null;
  cancel_refusal: string | null;
  finished_at: number | null;
  result_json: string | null;
  usage_json: string | null;
  actual_prompt: string | null;
  failure_json: string | null;
  video_asset_id: string | null;
  poster_asset_id: string | null;
  retry_of: string | null;
  is_dismissed: number;
  /** Null but in rows that a backup brought back on their way. */
  restored_at: number | null;
  /** Noted when a film has wholly come, and left as it is when the film is stored. */
  spool_id: string | null;
  created_at: number;
  updated_at: number;
};

/** Append-only; the id is the event stream's id and the history's order. */
export type GenerationEventTable = {
  id: Generated<number>;
  generation_id: string;
  owner_id: string;
  type: string;
  version: number;
  at: number;
};

export type ShareTable = {
  id: string;
  token: string;
  owner_id: string;
  generation_id: string;
  created_at: number;
};

/** When the next turn of something that a vendor limits is free, for all processes together. */
export type RateGateTable = {
  key: string;
  next_at: number;
};

/** Who has ordered while signed in, by the owner id of their rows. */
export type PersonTable = {
  id: string;
  name: string;
  seen_at: number;
};

/** Up to which event id the history has been pruned, under the one name `events`. */
export type EventHorizonTable = {
  name: string;
  pruned_id: number;
};

/** How long a task took, whoever ordered it. Append-only; what was made of what is not told. */
export type TaskRunTable = {
  id: Generated<number>;
  generation_id: string;
  connection_id: string;
  model_id: string;
  resolution: string;
  duration_seconds: number;
  earliest_ms: number;
  latest_ms: number;
  queue_ms: number | null;
  ended_at: number;
};

/** When a process was last heard. */
export type BeatTable = {
  id: string;
  is_worker: number;
  beat_at: number;
};
