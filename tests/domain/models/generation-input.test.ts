import { describe, expect, it } from "vitest";
import { catalogue } from "@/lib/domain/models/catalogue";
import {
  countCharacters,
  describeSteps,
  generationEnvelopeSchema,
  parametersSchemaFor,
  refuseMediaSet,
} from "@/lib/domain/models/generation-input";
import type { Model } from "@/lib/domain/models/model";

const wan27 = catalogue.find((model) => model.id === "wan2.7-i2v") as Model;
const valid = { prompt: "The boat leaves the pier", resolution: "720P", durationSeconds: 5 };

function refusal(parameters: unknown): Record<string, string> | null {
  const parsed = parametersSchemaFor(wan27).safeParse(parameters);
  if (parsed.success) return null;
  return Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0] ?? ""), issue.message]));
}

describe("the parameters of Wan 2.7", () => {
  it("accepts both edges of every range", () => {
    expect(refusal({ ...valid, durationSeconds: 2, seed: 0, prompt: "" })).toBeNull();
    expect(
      refusal({
        ...valid,
        durationSeconds: 15,
        seed: 2_147_483_647,
        prompt: "a".repeat(5000),
        negativePrompt: "b".repeat(500),
        resolution: "1080P",
        promptExtend: false,
        watermark: true,
      }),
    ).toBeNull();
  });

  it.each([
    [{ durationSeconds: 2.5 }, "durationSeconds", "not 2.5"],
    [{ durationSeconds: 1 }, "durationSeconds", "2 to 15 whole seconds"],
    [{ durationSeconds: 16 }, "durationSeconds", "2 to 15 whole seconds"],
    [{ durationSeconds: "5" }, "durationSeconds", "a number of seconds"],
    [{ resolution: "480P" }, "resolution", "720P, 1080P"],
    [{ resolution: "720p" }, "resolution", "720P, 1080P"],
    [{ seed: -1 }, "seed", "0 to 2147483647"],
    [{ seed: 2_147_483_648 }, "seed", "0 to 2147483647"],
    [{ seed: 1.5 }, "seed", "whole number"],
    [{ prompt: "a".repeat(6000) }, "prompt", "6000 characters; at most 5000"],
    [{ prompt: 7 }, "prompt", "text"],
    [{ negativePrompt: "b".repeat(501) }, "negativePrompt", "501 characters; at most 500"],
    [{ watermark: "yes" }, "watermark", "on or off"],
    [{ shotType: "multi" }, "", "does not take “shotType”"],
  ])("refuses %j at its field, in words", (change, field, words) => {
    expect(refusal({ ...valid, ...change })?.[field]).toContain(words);
  });

  it("counts an emoji and a Chinese letter as one character each", () => {
    expect(countCharacters("猫🎬a")).toBe(3);
    expect(refusal({ ...valid, prompt: "🎬".repeat(5000) })).toBeNull();
  });
});

describe("the media of a mode", () => {
  it("names the frame that is missing, and the one that is too many", () => {
    expect(refuseMediaSet(wan27, "animate", [])).toMatchObject({ slot: "firstFrame" });
    expect(refuseMediaSet(wan27, "animate", ["firstFrame"])).toBeNull();
    expect(refuseMediaSet(wan27, "animate", ["firstFrame", "firstClip"])).toMatchObject({
      slot: "firstClip",
    });
  });
});

describe("the order as it arrives", () => {
  const order = {
    requestId: `req_${"0".repeat(26)}`,
    connectionId: "demo",
    modelId: "wan2.7-i2v",
    mode: "animate",
    media: { firstFrame: "ast_1" },
    parameters: {},
    shownPrice: null,
  };

  it("refuses keys and slots that do not exist", () => {
    expect(generationEnvelopeSchema.safeParse(order).success).toBe(true);
    expect(generationEnvelopeSchema.safeParse({ ...order, ownerId: "usr_other" }).success).toBe(false);
    expect(generationEnvelopeSchema.safeParse({ ...order, media: { poster: "ast_1" } }).success).toBe(false);
    expect(generationEnvelopeSchema.safeParse({ ...order, requestId: "again" }).success).toBe(false);
  });
});

it("describes the values of a duration as a person would", () => {
  expect(describeSteps([2, 3, 4])).toBe("2 to 4 whole seconds");
  expect(describeSteps([5, 10, 15])).toBe("5, 10 or 15 seconds");
  expect(describeSteps([5])).toBe("5 seconds");
});
