import type { Model } from "./model";
import { commonParameters, NO_PRICE, PRICED_ON, perSecond, resolutions, steps } from "./wan-parameters";
import { drivingAudioOf26, frameOf26 } from "./wan-slots";

const limits = { submitsPerSecond: 5, runningMax: 5 };

export const wan25Models: readonly Model[] = [
  {
    id: "wan2.5-i2v-preview",
    label: "Wan 2.5 Preview",
    slots: { firstFrame: frameOf26, drivingAudio: drivingAudioOf26 },
    modes: { animate: { needs: ["firstFrame"], allows: ["drivingAudio"] } },
    sound: "automatic",
    parameters: {
      ...commonParameters(1500),
      resolution: resolutions("480P", "720P", "1080P"),
      durationSeconds: steps([5, 10], 5),
    },
    offers: {
      dashscope: {
        wire: "img-url",
        sites: {
          "cn-beijing": {
            remoteId: "wan2.5-i2v-preview",
            pricePerSecond: perSecond("CNY", { "480P": 0.3, "720P": 0.6, "1080P": 1 }),
            limits,
          },
          "ap-southeast-1": { remoteId: "wan2.5-i2v-preview", pricePerSecond: NO_PRICE, limits },
        },
      },
    },
    pricedOn: PRICED_ON,
    source: "https://www.alibabacloud.com/help/en/model-studio/image-to-video-api-reference",
  },
];
