import { type ImageSlot, integersBetween, type Model } from "./model";

const MB = 1_000_000;

// Vendors write "MB" without saying which; the smaller reading can never be refused there.
const frameOfWan27: ImageSlot = {
  kind: "image",
  mediaTypes: ["image/jpeg", "image/png", "image/bmp", "image/webp"],
  bytesMax: 20 * MB,
  sidePx: [240, 8000],
  ratioMax: 8,
};

/** Every model we offer. Limits, defaults and prices: Model Studio's image-to-video API reference (wan2.7). */
export const catalogue: readonly Model[] = [
  {
    id: "wan2.7-i2v",
    label: "Wan 2.7",
    slots: { firstFrame: frameOfWan27 },
    modes: { animate: { needs: ["firstFrame"], allows: [] } },
    parameters: {
      prompt: { kind: "text", charactersMax: 5000 },
      negativePrompt: { kind: "text", charactersMax: 500 },
      // The vendor's own default is 1080P; a first try should be the cheaper one.
      resolution: { kind: "choice", values: ["720P", "1080P"], initial: "720P" },
      durationSeconds: { kind: "steps", values: integersBetween(2, 15), initial: 5 },
      seed: { kind: "optional-integer", min: 0, max: 2_147_483_647 },
      promptExtend: { kind: "toggle", initial: true },
      watermark: { kind: "toggle", initial: false },
    },
    offers: {
      dashscope: {
        remoteId: "wan2.7-i2v",
        wire: "media",
        pricedOn: "2026-08-26",
        pricePerSecond: {
          "cn-beijing": {
            "720P": { amountMicro: 600_000, currency: "CNY" },
            "1080P": { amountMicro: 1_000_000, currency: "CNY" },
          },
          "ap-southeast-1": {
            "720P": { amountMicro: 100_000, currency: "USD" },
            "1080P": { amountMicro: 150_000, currency: "USD" },
          },
        },
      },
    },
  },
];

export function findModel(modelId: string): Model | undefined {
  return catalogue.find((model) => model.id === modelId);
}
