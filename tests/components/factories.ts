import type { ConnectionView } from "@/lib/domain/connection";
import type { GenerationView } from "@/lib/domain/generation";

export const demoConnection: ConnectionView = {
  id: "demo",
  label: "Demo",
  place: { vendor: "dashscope", region: "ap-southeast-1" },
  prices: [],
  isDemo: true,
  isTest: false,
  hasPublicLinks: false,
};

export const NOON = Date.UTC(2026, 10, 20, 12);

/** A finished clip; say what is different. */
export function clipView(different: Partial<GenerationView> = {}): GenerationView {
  return {
    id: "gen_00000000000000000000000001",
    requestId: "req_00000000000000000000000001",
    version: 5,
    state: "succeeded",
    connection: { id: "demo", label: "Demo", isDemo: true },
    modelId: "wan2.7-i2v",
    modelLabel: "Wan 2.7",
    mode: "animate",
    media: {
      firstFrame: {
        assetId: "ast_pier",
        fileName: "pier.jpg",
        width: 750,
        height: 1000,
        durationSeconds: null,
        sizeBytes: 400_000,
        mediaType: "image/jpeg",
      },
    },
    parameters: {
      prompt: "A boat leaves the pier. Slow push in.",
      resolution: "720P",
      durationSeconds: 5,
      promptExtend: true,
      watermark: false,
    },
    predictedSize: { width: 816, height: 1104 },
    price: { amountMicro: 500_000, currency: "USD" },
    cost: null,
    remoteWord: "SUCCEEDED",
    createdAt: NOON,
    submittedAt: NOON + 500,
    lastCheckedAt: NOON + 60_000,
    finishedAt: NOON + 90_000,
    failure: null,
    cancel: null,
    clip: {
      width: 816,
      height: 1104,
      assetId: "ast_clip",
      posterAssetId: "ast_poster",
      durationSeconds: 5,
      sizeBytes: 2_000_000,
    },
    actualPrompt: null,
    usage: null,
    retryOf: null,
    isDismissed: false,
    ...different,
  };
}

export function failedView(different: Partial<GenerationView> = {}): GenerationView {
  return clipView({
    state: "failed",
    clip: null,
    failure: {
      kind: "vendor",
      title: "Something broke at the vendor",
      explanation: "It ended without a clip. Nothing was charged.",
      input: null,
      charged: "no",
      advice: "retry",
      raw: { code: "InternalError", message: "boom", requestId: "req-7" },
    },
    ...different,
  });
}
