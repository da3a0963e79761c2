import { describe, expect, test } from "vitest";
import { type Draft, emptyDraft, envelopeFor, modeFor } from "@/components/composer/draft";
import { readDraft, writeDraft } from "@/components/composer/draft-storage";
import { ratioLabel } from "@/components/composer/ratio-label";
import { slotForFile, slotsForFiles } from "@/components/composer/slot-for-file";
import { submitDoubt, submitReasons } from "@/components/composer/submit-reasons";
import { catalogue, findModel } from "@/lib/domain/models/catalogue";
import { generationEnvelopeSchema, parametersSchemaFor } from "@/lib/domain/models/generation-input";
import type { Model } from "@/lib/domain/models/model";
import { demoConnection } from "../factories";

const model = catalogue[0] as Model;
const requestId = `req_${"0".repeat(26)}`;
const input = {
  assetId: "ast_1",
  fileName: "a.png",
  width: 750,
  height: 1000,
  durationSeconds: null,
  sizeBytes: 400_000,
  mediaType: "image/png",
};

function ready(change: Partial<Draft["parameters"]> = {}): Draft {
  const draft = emptyDraft(model, requestId);
  return {
    ...draft,
    parameters: { ...draft.parameters, ...change },
    media: { firstFrame: { status: "ready", input, localUrl: null } },
  };
}

describe("what is sent", () => {
  test("passes the very schemas the server asks", () => {
    const envelope = envelopeFor(model, ready({ prompt: "Rain" }), {
      connectionId: "demo",
      mode: "animate",
      shownPrice: { amountMicro: 500_000, currency: "USD" },
    });
    expect(generationEnvelopeSchema.parse(envelope)).toEqual(envelope);
    expect(parametersSchemaFor(model).parse(envelope.parameters)).toEqual(envelope.parameters);
    expect(envelope.media).toEqual({ firstFrame: "ast_1" });
  });

  test("leaves out what was left empty: a random seed, nothing to avoid", () => {
    const { parameters } = envelopeFor(model, ready(), {
      connectionId: "demo",
      mode: "animate",
      shownPrice: null,
    });
    expect(parameters).not.toHaveProperty("seed");
    expect(parameters).not.toHaveProperty("negativePrompt");
  });
});

describe("the reasons why it cannot be sent", () => {
  const reasonsOf = (draft: Draft, connection = demoConnection) =>
    submitReasons(model, modeFor(model, draft), draft, connection, []).map(({ message }) => message);

  test("a picture too large for the gateway's call is said before anything is sent, where we have no links", () => {
    const draft = ready({ prompt: "Rain" });
    const large = { ...input, sizeBytes: 7_000_001 };
    const heavy: Draft = {
      ...draft,
      media: { firstFrame: { status: "ready", input: large, localUrl: null } },
    };
    const gateway = { ...demoConnection, place: { vendor: "aimlapi" } } as const;
    expect(reasonsOf(draft, gateway)).toEqual([]);
    expect(reasonsOf(heavy, gateway)).toEqual([expect.stringContaining("too large to travel inside a call")]);
    expect(reasonsOf(heavy, { ...gateway, hasPublicLinks: true })).toEqual([]);
    expect(reasonsOf(ready(), gateway)).toEqual([expect.stringContaining("AI/ML API needs a prompt")]);
  });

  test("a doubt is said beside the button and keeps nobody from pressing it", () => {
    const large = { ...input, sizeBytes: 7_000_001 };
    const draft: Draft = {
      ...ready(),
      media: { firstFrame: { status: "ready", input: large, localUrl: null } },
    };
    const singapore = { ...demoConnection, isDemo: false };
    expect(submitDoubt(model, "animate", draft, singapore)).toContain("may not read the first frame");
    expect(reasonsOf(draft, singapore)).toEqual([]);
    expect(submitDoubt(model, "animate", ready(), singapore)).toBeNull();
  });

  test("a draft with its picture can be sent", () => {
    expect(reasonsOf(ready())).toEqual([]);
  });

  test("are all named at once", () => {
    const draft = { ...ready({ prompt: "x".repeat(5001), seed: -1 }), media: {} };
    expect(reasonsOf(draft)).toEqual([
      "Add a first frame: the picture the film starts on.",
      "The prompt has 5001 characters; at most 5000 are read by the model.",
      "The seed is 0 to 2147483647.",
    ]);
  });

  test("an upload on its way is one, and a refused picture is another", () => {
    const firstFrame = { fileName: "a.png", localUrl: null } as const;
    const onItsWay: Draft = {
      ...ready(),
      media: {
        firstFrame: {
          ...firstFrame,
          status: "uploading",
          uploadId: "u",
          size: null,
          durationSeconds: null,
          fraction: 0.5,
        },
      },
    };
    expect(reasonsOf(onItsWay)).toEqual(["The first frame is still on its way."]);
    const refused: Draft = {
      ...ready(),
      media: { firstFrame: { ...firstFrame, status: "stopped", message: "No.", canRetry: false } },
    };
    expect(reasonsOf(refused)).toEqual(["The first frame was not taken. Choose another picture."]);
  });

  test("a region without the model is one", () => {
    const frankfurt = { ...demoConnection, place: { vendor: "dashscope", region: "eu-central-1" } } as const;
    expect(reasonsOf(ready(), frankfurt)).toEqual([
      "Wan 2.7 is not offered at Frankfurt. It is in Singapore, Beijing and AI/ML API.",
    ]);
  });
});

describe("the stored draft", () => {
  test("survives a reload with its words, values, picture and request id", () => {
    const draft = ready({ prompt: "Rain", seed: 12, durationSeconds: 8 });
    expect(readDraft(writeDraft(draft))).toEqual(draft);
  });

  test("leaves out a file that had not arrived: its bytes are kept elsewhere", () => {
    const draft: Draft = {
      ...ready(),
      media: {
        firstFrame: {
          status: "uploading",
          uploadId: "u",
          fileName: "a",
          localUrl: "blob:x",
          size: null,
          durationSeconds: null,
          fraction: 0,
        },
      },
    };
    expect(readDraft(writeDraft(draft))?.media).toEqual({});
  });

  test.each([[null], ["{"], ["{}"], ['{"modelId":"gone"}']])(
    "anything else, such as %s, is no draft",
    (text) => {
      expect(readDraft(text)).toBeNull();
    },
  );
});

test.each([
  [{ width: 750, height: 1000 }, "3:4"],
  [{ width: 1366, height: 768 }, "16:9"],
  [{ width: 1000, height: 1000 }, "1:1"],
  [{ width: 1370, height: 1000 }, "1.37:1"],
])("%o is called %s", (size, label) => {
  expect(ratioLabel(size)).toBe(label);
});

describe("a dropped file", () => {
  const oneFrame = findModel("wan2.6-i2v") as Model;
  const { media } = ready();

  test("goes where its kind belongs: a picture to the first empty frame, audio to the lane, a clip to its place", () => {
    expect(slotForFile(model, "animate", {}, "image")).toBe("firstFrame");
    expect(slotForFile(model, "animate", media, "image")).toBe("lastFrame");
    expect(slotForFile(model, "animate", media, "audio")).toBe("drivingAudio");
    expect(slotForFile(model, "animate", media, "video")).toBe("firstClip");
    expect(slotForFile(model, "continue", {}, "image")).toBe("lastFrame");
  });

  test("takes the place of the one that is there when no other is free, and of one that was refused", () => {
    expect(slotForFile(oneFrame, "animate", media, "image")).toBe("firstFrame");
    const refused = {
      firstFrame: { status: "stopped", fileName: "a", localUrl: null, message: "No.", canRetry: false },
    } as const;
    expect(slotForFile(model, "animate", refused, "image")).toBe("firstFrame");
  });

  test("of no kind goes to the first place, which refuses it in words; of a kind the model lacks, nowhere", () => {
    expect(slotForFile(model, "animate", {}, null)).toBe("firstFrame");
    expect(slotForFile(oneFrame, "animate", {}, "video")).toBeNull();
  });

  test("several pictures are the frames in the order of time, and what finds no place is left", () => {
    const two = ["image", "image"] as const;
    expect(slotsForFiles(model, "animate", {}, two)).toEqual(["firstFrame", "lastFrame"]);
    expect(slotsForFiles(model, "animate", media, two)).toEqual(["firstFrame", "lastFrame"]);
    expect(slotsForFiles(model, "animate", {}, two, "lastFrame")).toEqual(["lastFrame", "firstFrame"]);
    expect(slotsForFiles(model, "animate", {}, ["image", "audio", "image", "image"])).toEqual([
      "firstFrame",
      "drivingAudio",
      "lastFrame",
      null,
    ]);
    expect(slotsForFiles(oneFrame, "animate", {}, two)).toEqual(["firstFrame", null]);
    expect(slotsForFiles(model, "animate", media, ["image"])).toEqual(["lastFrame"]);
  });
});
