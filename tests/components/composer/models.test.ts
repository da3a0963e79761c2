import { describe, expect, test } from "vitest";
import { chargeWords } from "@/components/composer/charge-words";
import { composerReducer, startingState } from "@/components/composer/composer-state";
import { type Draft, emptyDraft, modeFor, parametersToSend } from "@/components/composer/draft";
import { gaveWay } from "@/components/composer/gave-way";
import { nameHere, priceDateWords, priceWords } from "@/components/composer/model-words";
import { modelsElsewhere, offeredModels, placesNamed, standIn } from "@/components/composer/offered-models";
import { submitReasons } from "@/components/composer/submit-reasons";
import { alternativeTo, byAlternative, untaken } from "@/components/composer/untaken";
import type { ConnectionView } from "@/lib/domain/connection";
import { findModel } from "@/lib/domain/models/catalogue";
import type { Mode, Model, SlotName } from "@/lib/domain/models/model";
import { modelAt, placesInWords } from "@/lib/domain/models/offer";
import { demoConnection } from "../factories";

const singapore = { vendor: "dashscope", region: "ap-southeast-1" } as const;
const frankfurt = { vendor: "dashscope", region: "eu-central-1" } as const;
const model = (id: string) => findModel(id) as Model;

function draftWith(slots: SlotName[], change: Partial<Draft> = {}): Draft {
  const media = slots.map((name) => [
    name,
    {
      status: "ready",
      input: {
        assetId: name,
        fileName: `${name}.bin`,
        width: 750,
        height: 1000,
        durationSeconds: 3,
        sizeBytes: 11_000_000,
        mediaType: { drivingAudio: "audio/mpeg", firstClip: "video/mp4" }[name as string] ?? "image/png",
      },
      localUrl: null,
    },
  ]);
  return { ...emptyDraft(model("wan2.7-i2v"), "req_1", "demo"), media: Object.fromEntries(media), ...change };
}

function choose(draft: Draft, chosen: Model): Draft {
  const event = { type: "model-chosen", model: chosen, connectionId: "demo", freshRequestId: "x" } as const;
  return composerReducer(startingState(draft), event).draft;
}

describe("a file that stays while the model changes", () => {
  const connection: ConnectionView = { ...demoConnection, place: singapore };
  const reasons = (chosen: Model, draft: Draft) => submitReasons(chosen, "animate", draft, connection, []);

  test("is held against the new model's bytes, and waits for the old one", () => {
    const draft = draftWith(["firstFrame"]);
    const plus = model("wan2.2-i2v-plus");
    const after = choose(draft, plus);
    expect(reasons(plus, after)).toEqual([
      {
        field: "firstFrame",
        message: "“firstFrame.bin” is 11.0 MB. A first frame may be at most 10.0 MB.",
      },
    ]);
    expect(after.media).toEqual(draft.media);
    expect(reasons(model("wan2.7-i2v"), choose(after, model("wan2.7-i2v")))).toEqual([]);
  });

  test("is held against the types that the new model takes", () => {
    const draft = draftWith(["firstFrame"]);
    const wan27 = model("wan2.7-i2v");
    const slot = wan27.slots.firstFrame ?? expect.fail("it takes no picture");
    const jpegOnly: Model = {
      ...wan27,
      slots: { ...wan27.slots, firstFrame: { ...slot, mediaTypes: ["image/jpeg"] } },
    };
    expect(reasons(jpegOnly, draft)).toEqual([
      {
        field: "firstFrame",
        message: "“firstFrame.bin” is a picture (PNG). A first frame takes JPEG.",
      },
    ]);
  });
});

describe("what gives way to another model", () => {
  test("is named, each thing once, and files only wait", () => {
    const draft = draftWith(["firstFrame", "lastFrame", "drivingAudio"], { mode: "between" });
    draft.parameters = { ...draft.parameters, durationSeconds: 9, resolution: "1080P" };
    const turbo = model("wan2.1-i2v-turbo");
    const after = choose(draft, turbo);
    expect(gaveWay({ model: model("wan2.7-i2v"), draft }, { model: turbo, draft: after })).toEqual([
      "“Between frames” became “Animate”",
      "9 s became 5 s",
      "1080P became 720P",
      "firstFrame.bin does not fit",
      "lastFrame.bin is kept aside",
      "drivingAudio.bin is kept aside",
    ]);
    expect(after.media).toEqual(draft.media);
  });

  test("is nothing where the other model takes it all", () => {
    const draft = draftWith(["firstFrame"]);
    const other = model("wan2.6-i2v");
    expect(
      gaveWay({ model: model("wan2.7-i2v"), draft }, { model: other, draft: choose(draft, other) }),
    ).toEqual([]);
  });

  test("comes back with Undo, and the words and files that came since then stay", () => {
    const draft = draftWith(["firstClip"], { mode: "continue" });
    let state = composerReducer(startingState(draft), {
      type: "model-chosen",
      model: model("wan2.6-i2v"),
      connectionId: "demo",
      freshRequestId: "x",
    });
    state = composerReducer(state, {
      type: "parameters-set",
      parameters: { prompt: "Since then" },
      freshRequestId: "x",
    });
    state = composerReducer(state, { type: "undone", freshRequestId: "x" });
    expect(state.draft).toMatchObject({ modelId: "wan2.7-i2v", mode: "continue" });
    expect(state.draft.parameters.prompt).toBe("Since then");
    expect(state.draft.media.firstClip).toBeTruthy();
  });
});

describe("the mode", () => {
  const start = startingState(draftWith(["firstFrame"]));
  const landed = (slot: SlotName) =>
    composerReducer(start, {
      type: "upload-started",
      slot,
      uploadId: "up_x",
      fileName: "x",
      localUrl: null,
      size: null,
      durationSeconds: null,
      freshRequestId: "x",
    });

  test("follows a file to the mode that takes it", () => {
    expect(landed("lastFrame").draft.mode).toBe("between");
    expect(landed("firstClip").draft.mode).toBe("continue");
    expect(landed("drivingAudio").draft.mode).toBe("animate");
  });

  test("goes back when the last frame goes", () => {
    const cleared = composerReducer(landed("lastFrame"), {
      type: "slot-cleared",
      slot: "lastFrame",
      freshRequestId: "x",
    });
    expect(cleared.draft.mode).toBe("animate");
  });

  test("that the model lacks is stood in for by the first it has", () => {
    expect(modeFor(model("wan2.2-kf2v-flash"), { mode: "animate" })).toBe("between");
  });
});

test("only what the model takes is sent; the rest waits for a model that takes it", () => {
  const draft = draftWith(["firstFrame"]);
  draft.parameters = { ...draft.parameters, shotType: "multi", sound: "silent", template: "flying" };
  expect(parametersToSend(model("wan2.7-i2v"), draft)).not.toMatchObject({ shotType: "multi" });
  expect(parametersToSend(model("wan2.6-i2v-flash"), draft)).toMatchObject({
    shotType: "multi",
    sound: "silent",
  });
  expect(parametersToSend(model("wan2.1-i2v-turbo"), draft)).toMatchObject({ template: "flying" });
});

describe("what a model does not take", () => {
  test("keeps its place with a reason and a model of this connection that takes it", () => {
    const found = untaken(model("wan2.7-i2v"), "animate", singapore, false);
    expect(found.map(({ name, state }) => [name, state])).toEqual([
      ["shotType", "in the prompt"],
      ["sound", "made by the model"],
      ["template", "none"],
    ]);
    const groups = byAlternative(found);
    expect(groups.map(({ wishes }) => wishes)).toEqual([["a shot switch", "a silent film"], ["effects"]]);
  });

  test("is said to be elsewhere where this connection has none, and only where it is", () => {
    const continues = ({ modes }: Model) => modes.continue !== undefined;
    const words = "Wan 2.7, in Singapore and Beijing";
    expect(alternativeTo("continue", frankfurt, continues)).toEqual({ kind: "elsewhere", words });
    // The gateway has that very model, with less of it.
    expect(alternativeTo("continue", { vendor: "aimlapi" }, continues)).toEqual({ kind: "elsewhere", words });
  });

  test("is not laid to the model where only the connection lacks it", () => {
    const atGateway = offeredModels({ vendor: "aimlapi" }).find(({ id }) => id === "wan2.7-i2v") as Model;
    expect(nameHere(atGateway, { label: "Gateway" })).toBe("Wan 2.7 at Gateway");
    const atSingapore = offeredModels(singapore).find(({ id }) => id === "wan2.7-i2v") as Model;
    expect(nameHere(atSingapore, { label: "Studio" })).toBe("Wan 2.7");
  });

  test("is found under either spelling of a model", () => {
    const found = alternativeTo("animate", frankfurt, ({ parameters }) => parameters.template !== undefined);
    expect(found).toEqual({ kind: "elsewhere", words: "Wan 2.1 Turbo, in Singapore and Beijing" });
  });

  test("says which mode would be lost for it", () => {
    const lostModes = (mode: Mode) =>
      untaken(model("wan2.7-i2v"), mode, singapore, false).map(({ alternative }) =>
        alternative.kind === "here" ? alternative.lostMode : alternative.kind,
      );
    expect(lostModes("animate")).toEqual([null, null, null]);
    expect(lostModes("between")).toEqual(["between", "between", null]);
    expect(lostModes("continue")).toEqual(["continue", "continue", "continue"]);
  });
});

describe("the models of a connection", () => {
  test("are those its place has, as it has them; the others are listed elsewhere, each once", () => {
    expect(offeredModels(frankfurt).map(({ label }) => label)).toEqual(["Wan 2.6"]);
    expect(modelAt(model("wan2.6-i2v"), frankfurt)?.parameters.durationSeconds.values).toEqual([5, 10, 15]);
    const labels = modelsElsewhere(singapore).map(({ label }) => label);
    expect(labels).not.toContain("Wan 2.1 Turbo");
    expect(new Set(labels).size).toBe(labels.length);
    expect(placesInWords(placesNamed("Wan 2.1 Turbo"))).toBe("Singapore and Beijing");
  });

  test("stand in for each other: the same under another spelling first, then one of the same mode", () => {
    const beijing = { vendor: "dashscope", region: "cn-beijing" } as const;
    expect(standIn(model("wan2.1-i2v-plus"), "animate", beijing)?.id).toBe("wanx2.1-i2v-plus");
    expect(standIn(model("wan2.7-i2v"), "continue", frankfurt)?.id).toBe("wan2.6-i2v");
  });
});

describe("what is said of money", () => {
  const { parameters } = emptyDraft(model("wan2.7-i2v"), "req_1");
  const at = { place: singapore, prices: [] };

  test("a price has the day, or the month, when it was true", () => {
    expect(priceWords(model("wan2.7-i2v"), at, parameters)).toBe("$0.10 / s at 720P");
    expect(priceDateWords(model("wan2.7-i2v"), at, parameters)).toBe("price of 26 Aug 2026");
    expect(priceDateWords(model("wan2.1-i2v-turbo"), at, parameters)).toMatch(/^price of Jun\w* 2025$/);
  });

  test("a price that is not known, or is the operator's own, has none", () => {
    expect(priceDateWords(model("wan2.2-i2v-plus"), at, parameters)).toBeNull();
    expect(
      priceDateWords(model("wan2.7-i2v"), { ...at, place: { vendor: "aimlapi" } }, parameters),
    ).toBeNull();
    const perSecond = { "720P": { amountMicro: 1, currency: "USD" } } as const;
    const own = { ...at, prices: [{ modelId: "wan2.7-i2v", perSecond }] };
    expect(priceDateWords(model("wan2.7-i2v"), own, parameters)).toBeNull();
  });

  test("a failed clip is free only where the vendor says so", () => {
    expect(chargeWords({ place: singapore, isDemo: true })).toContain("nothing is charged");
    expect(chargeWords({ place: singapore, isDemo: false })).toBe("charged only if it succeeds");
    expect(chargeWords({ place: { vendor: "aimlapi" }, isDemo: false })).toContain("does not say");
  });
});
