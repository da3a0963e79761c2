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

describe("a file that cannot be taken", () => {
  const refused = {
    type: "slot-refused",
    slot: "firstFrame",
    fileName: "notes.pdf",
    message: "“notes.pdf” is a PDF document.",
  } as const;
  const stopped = {
    type: "upload-stopped",
    slot: "firstFrame",
    uploadId: "up_2",
    message: "“half.jpg” is damaged.",
    canRetry: false,
  } as const;
  const second = { ...uploading, uploadId: "up_2", fileName: "half.jpg" } as const;
  const finished = { type: "upload-finished", slot: "firstFrame", uploadId: "up_1", input } as const;
  const withPicture = play(start, uploading, finished);
  const good = { status: "ready", input, localUrl: null };

  test("stands alone in an empty slot", () => {
    const state = play(start, refused);
    expect(state.draft.media.firstFrame).toMatchObject({ status: "stopped", message: refused.message });
    expect(state.turnedAway).toEqual({});
  });

  test("makes no film between two frames of one that was ready to go", () => {
    const [here, there] = [
      play(withPicture, { ...refused, slot: "lastFrame" }),
      play(withPicture, { ...second, slot: "lastFrame" }, { ...stopped, slot: "lastFrame" }),
    ];
    for (const state of [here, there]) {
      expect(state.draft.mode).toBe("animate");
      expect(state.draft.media).toMatchObject({ firstFrame: good, lastFrame: { status: "stopped" } });
    }
    const chosen = play(
      withPicture,
      { type: "mode-chosen", mode: "between" },
      { ...refused, slot: "lastFrame" },
    );
    expect(chosen.draft.mode).toBe("between");
  });

  test("leaves the good one where it is, and is spoken of beside it", () => {
    const state = play(withPicture, refused);
    expect(state.draft.media.firstFrame).toEqual(good);
    expect(state.turnedAway).toEqual({ firstFrame: "“notes.pdf” is a PDF document. “a.png” stays." });
  });

  test("gives the good one back when only the server found out", () => {
    const onItsWay = play(withPicture, second);
    expect(onItsWay.draft.media.firstFrame).toMatchObject({ status: "uploading", fileName: "half.jpg" });
    const state = play(onItsWay, stopped);
    expect(state.draft.media.firstFrame).toEqual(good);
    expect(state.turnedAway.firstFrame).toBe("“half.jpg” is damaged. “a.png” stays.");
  });

  test("does not stop one that is on its way", () => {
    const state = play(start, uploading, refused);
    expect(state.draft.media.firstFrame).toMatchObject({ status: "uploading", uploadId: "up_1" });
    expect(play(state, finished).draft.media.firstFrame).toEqual(good);
  });

  test("is spoken of until the next file, and not after a change of model or a removal", () => {
    const state = play(withPicture, refused);
    expect(play(state, { type: "parameters-set", parameters: { prompt: "Rain" } }).turnedAway).not.toEqual(
      {},
    );
    expect(play(state, second).turnedAway).toEqual({});
    expect(play(state, { type: "slot-cleared", slot: "firstFrame" }).turnedAway).toEqual({});
    expect(play(state, { type: "model-chosen", model, connectionId: "demo" }).turnedAway).toEqual({});
  });

  test("that got lost on its way keeps the good one at hand: cancelling brings it back", () => {
    const lost = play(withPicture, second, { ...stopped, canRetry: true });
    expect(lost.draft.media.firstFrame).toMatchObject({ status: "stopped", canRetry: true });
    const cleared = play(lost, { type: "slot-cleared", slot: "firstFrame" });
    expect(cleared.draft.media.firstFrame).toEqual(good);
    expect(play(cleared, { type: "slot-cleared", slot: "firstFrame" }).draft.media).toEqual({});
    // Sent again, and refused this time.
    expect(play(lost, { ...second, uploadId: "up_3" }, { ...stopped, uploadId: "up_3" }).draft.media).toEqual(
      {
        firstFrame: good,
      },
    );
  });

  test("a stored picture that is gone is no good one", () => {
    const gone = { ...refused, type: "slot-lost", message: "“a.png” is no longer in the studio." } as const;
    expect(play(withPicture, gone).draft.media.firstFrame).toMatchObject({
      status: "stopped",
      message: gone.message,
    });
  });
});
