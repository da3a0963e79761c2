import type { ConnectionReport, ConnectionView } from "./connection";
import type { ErrorView } from "./errors";
import type { GenerationView } from "./generation";
import type { GenerationEnvelope } from "./models/generation-input";
import type { Money } from "./money";
import type { ShareView } from "./share";
import type { CapsView } from "./spend";

/** What every server action answers; an action never throws at the page. */
export type ActionResult<Value> = { ok: true; value: Value } | { ok: false; error: ErrorView };

/** One page of the gallery, newest first. */
export type GenerationPage = {
  generations: GenerationView[];
  /** Opaque cursor of the next older page; null at the end. */
  nextBefore: string | null;
  /** Every event up to this id is already in these rows. */
  highWaterId: number;
};

/** The viewer's waiting clips. */
export type QueueView = {
  /** By id: 1 is next. */
  places: Record<string, number>;
  /** A worker was heard a moment ago: what waits will be sent. */
  isWorked: boolean;
};

/** A stream of events says something this often, so that a page can tell a quiet one from one that is dead. */
export const STREAM_PING_MS = 20_000;

/** All that the studio needs for its first paint. */
export type StudioView = {
  /** The first is the one a new draft uses. */
  connections: ConnectionView[];
  /** The id names this person on this installation: drafts are kept by it. */
  viewer: { id: string; name: string; isLocal: boolean };
  page: GenerationPage;
  spend: CapsView;
};

/** What the studio can ask of the server; the page hands these to the components as props. */
export type StudioActions = {
  createGeneration(input: GenerationEnvelope): Promise<ActionResult<GenerationView>>;
  /**
   * A new generation with the same inputs and settings; the failed row stays and is put away. Asked again, it answers
   * with the generation that was made first.
   */
  retryGeneration(input: { id: string; shownPrice: Money | null }): Promise<ActionResult<GenerationView>>;
  /** Takes back a generation that has not ended: at once where it was not sent, else as far as the vendor lets it. */
  cancelGeneration(input: { id: string }): Promise<ActionResult<GenerationView>>;
  /** The person decides that an unconfirmed start is over. */
  closeUnconfirmed(input: { id: string }): Promise<ActionResult<GenerationView>>;
  /** The person says which task an unconfirmed start has become. */
  takeOverTask(input: { id: string; taskId: string }): Promise<ActionResult<GenerationView>>;
  /** Puts a failure away. */
  dismissFailure(input: { id: string }): Promise<ActionResult<GenerationView>>;
  createShare(input: { generationId: string }): Promise<ActionResult<ShareView>>;
  findShare(input: { generationId: string }): Promise<ActionResult<ShareView | null>>;
  revokeShare(input: { token: string }): Promise<ActionResult<null>>;
};

/** What the connections page can ask for. */
export type ConnectionActions = {
  testConnection(input: { id: string }): Promise<ActionResult<ConnectionReport>>;
};
