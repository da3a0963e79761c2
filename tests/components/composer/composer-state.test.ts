import { describe, expect, test } from "vitest";
import {
  type ComposerEvent,
  type ComposerState,
  composerReducer,
  startingState,
} from "@/components/composer/composer-state";
import { emptyDraft, fitParameters } from "@/components/composer/draft";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Model } from "@/lib/domain/models/model";
import { clipView } from "../factories";

const model = catalogue[0] as Model;
const start = startingState(emptyDraft(model, "req_first"));
const input = {
  assetId: "ast_1",
  fileName: "a.png",
  width: 750,
  height: 1000,
  durationSeconds: null,
  sizeBytes: 400_000,
  mediaType: "image/png",
};

type Bare<Event> = Event extends unknown ? Omit<Event, "freshRequestId"> : never;

function play(state: ComposerState, ...events: Bare<ComposerEvent>[]): ComposerState {
  return events.reduce(
    (current, event, index) =>
      composerReducer(current, { ...event, freshRequestId: `req_fresh${index}` } as ComposerEvent),
    state,
  );
}

const uploading = {
  type: "upload-started",
  slot: "firstFrame",
  uploadId: "up_1",
  fileName: "a.png",
  localUrl: null,
  size: null,
  durationSeconds: null,
} as const;

describe("the request id", () => {
  test("stays the same until the draft is accepted, so that two presses are one request", () => {
    const sent = play(start, { type: "sent", requestId: "req_first" });
    expect(sent.draft.requestId).toBe("req_first");
    const refused = play(sent, {
      type: "refused",
      requestId: "req_first",
      error: { code: "internal", message: "No." },
    });
    expect(refused.draft.requestId).toBe("req_first");
  });

  test("is renewed by acceptance, and the draft stays for the next take", () => {
    const written = play(start, { type: "parameters-set", parameters: { prompt: "Rain" } });
    const accepted = play(
      written,
      { type: "sent", requestId: "req_first" },
      { type: "accepted", requestId: "req_first" },
    );
    expect(accepted.draft.requestId).toBe("req_fresh1");
    expect(accepted.draft.parameters.prompt).toBe("Rain");
    expect(accepted.sendingRequestId).toBeNull();
  });

  test("is renewed by writing on while the draft is on its way: that is another request", () => {
    const edited = play(
      start,
      { type: "sent", requestId: "req_first" },
      { type: "parameters-set", parameters: { prompt: "Snow" } },
    );
    expect(edited.draft.requestId).toBe("req_fresh1");
    const accepted = play(edited, { type: "accepted", requestId: "req_first" });
    expect(accepted.draft.requestId).toBe("req_fresh1");
    expect(accepted.draft.parameters.prompt).toBe("Snow");
  });
});

describe("a slot", () => {
  test("takes its file when the upload is done", () => {
    const done = play(start, uploading, {
      type: "upload-finished",
      slot: "firstFrame",
      uploadId: "up_1",
      input,
    });
    expect(done.draft.media.firstFrame).toEqual({ status: "ready", input, localUrl: null });
  });

  test("ignores the news of an upload that was replaced or removed", () => {
    const late = { type: "upload-finished", slot: "firstFrame", uploadId: "up_1", input } as const;
    const replaced = play(start, uploading, { ...uploading, uploadId: "up_2" }, late);
    expect(replaced.draft.media.firstFrame).toMatchObject({ status: "uploading", uploadId: "up_2" });
    const removed = play(start, uploading, { type: "slot-cleared", slot: "firstFrame" }, late);
    expect(removed.draft.media).toEqual({});
  });
});

describe("a refusal", () => {
  const error = {
    code: "invalid-input",
    message: "Two things.",
    fields: { prompt: "Too long.", firstFrame: "Gone." },
  } as const;
  const refused = play(start, { type: "refused", requestId: "req_first", error });

  test("leaves the whole draft as it was", () => {
    expect(refused.draft).toEqual(start.draft);
  });

  test("goes field by field, as each is touched", () => {
    const touched = play(refused, { type: "parameters-set", parameters: { prompt: "Short" } });
    expect(touched.refusal?.fields).toEqual({ firstFrame: "Gone." });
    expect(play(touched, { type: "slot-cleared", slot: "firstFrame" }).refusal).toBeNull();
  });
});

describe("reusing settings", () => {
  const generation = clipView({ parameters: { ...clipView().parameters, seed: 7, durationSeconds: 9 } });
  const mine = play(start, { type: "parameters-set", parameters: { prompt: "My own words" } });
  const reused = play(mine, { type: "settings-reused", generation, model });

  test("brings picture, words and every value", () => {
    expect(reused.draft.parameters).toMatchObject({ seed: 7, durationSeconds: 9 });
    expect(reused.draft.media.firstFrame).toMatchObject({ status: "ready", input: { assetId: "ast_pier" } });
  });

  test("never loses the draft that was there: Undo brings it back", () => {
    expect(play(reused, { type: "undone" }).draft.parameters.prompt).toBe("My own words");
  });
});

test("another model keeps every value it also takes, and the nearest where it does not", () => {
  const short: Model = {
    ...model,
    id: "short",
    parameters: {
      prompt: { kind: "text", charactersMax: 800 },
      resolution: { kind: "choice", values: ["480P"], initial: "480P" },
      durationSeconds: { kind: "steps", values: [5, 10], initial: 5 },
    },
  };
  const written = play(start, {
    type: "parameters-set",
    parameters: { prompt: "Kept", durationSeconds: 9, negativePrompt: "blur" },
  });
  const changed = play(written, { type: "model-chosen", model: short, connectionId: "demo" });
  expect(changed.draft.parameters).toMatchObject({
    prompt: "Kept",
    durationSeconds: 10,
    resolution: "480P",
    negativePrompt: "blur",
  });
  expect(fitParameters(short, written.draft.parameters).gaveWay).toEqual(["resolution", "durationSeconds"]);
  expect(play(changed, { type: "undone" }).draft.parameters.durationSeconds).toBe(9);
});
