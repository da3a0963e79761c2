import { integersBetween, type Model, type ModeRule } from "./model";
import { commonParameters, PRICED_ON, perSecond, resolutions, steps } from "./wan-parameters";
import { drivingAudioOf27, firstClipOf27, frameOf27 } from "./wan-slots";

const animate: ModeRule = { needs: ["firstFrame"], allows: ["drivingAudio"] };

const wan27: Omit<Model, "id" | "label" | "offers"> = {
  slots: {
    firstFrame: frameOf27,
    lastFrame: frameOf27,
    drivingAudio: drivingAudioOf27,
    firstClip: firstClipOf27,
  },
  modes: {
    animate,
    between: { needs: ["firstFrame", "lastFrame"], allows: ["drivingAudio"] },
    continue: { needs: ["firstClip"], allows: ["lastFrame"] },
  },
  sound: "automatic",
  parameters: {
    ...commonParameters(5000),
    // The vendor's own default is 1080P.
    resolution: resolutions("720P", "1080P"),
    durationSeconds: steps(integersBetween(2, 15), 5),
  },
  pricedOn: PRICED_ON,
  source: "https://www.alibabacloud.com/help/en/model-studio/image-to-video-general-api-reference",
};

const prices = {
  "cn-beijing": perSecond("CNY", { "720P": 0.6, "1080P": 1 }),
  "ap-southeast-1": perSecond("USD", { "720P": 0.1, "1080P": 0.15 }),
} as const;

function sites(remoteId: string) {
  const limits = { submitsPerSecond: 5, runningMax: 5 };
  return {
    "cn-beijing": { remoteId, pricePerSecond: prices["cn-beijing"], limits },
    "ap-southeast-1": { remoteId, pricePerSecond: prices["ap-southeast-1"], limits },
  };
}

export const wan27Models: readonly Model[] = [
  {
    ...wan27,
    id: "wan2.7-i2v",
    label: "Wan 2.7",
    offers: {
      dashscope: { wire: "media", sites: sites("wan2.7-i2v") },
      aimlapi: {
        remoteId: "alibaba/wan-2-7-i2v",
        // The gateway publishes no price for this model.
        pricePerSecond: {},
        durationSeconds: steps([5, 10, 15], 5),
        modes: { animate },
        limits: null,
      },
    },
  },
  {
    ...wan27,
    id: "wan2.7-i2v-2026-04-25",
    label: "Wan 2.7 (25 April 2026)",
    offers: { dashscope: { wire: "media", sites: sites("wan2.7-i2v-2026-04-25") } },
  },
];
