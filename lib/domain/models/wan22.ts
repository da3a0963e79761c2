import type { Model, Site } from "./model";
import {
  commonParameters,
  FIVE_SECONDS,
  NO_PRICE,
  PRICED_ON,
  perSecond,
  resolutions,
} from "./wan-parameters";
import { frameOf22 } from "./wan-slots";

const limits = { submitsPerSecond: 2, runningMax: 2 };

/** The guides list Singapore, the newer rate table does not. */
function unsureInSingapore(remoteId: string): Site {
  return {
    remoteId,
    pricePerSecond: NO_PRICE,
    limits,
    caution: "The vendor's pages disagree on whether Singapore has this model. A refusal costs nothing.",
  };
}

const silentFilm: Pick<Model, "sound" | "pricedOn"> = { sound: "silent", pricedOn: PRICED_ON };

const fromOnePicture: Pick<Model, "slots" | "modes" | "source"> = {
  slots: { firstFrame: frameOf22 },
  modes: { animate: { needs: ["firstFrame"], allows: [] } },
  source: "https://www.alibabacloud.com/help/en/model-studio/image-to-video-api-reference",
};

export const wan22Models: readonly Model[] = [
  {
    ...silentFilm,
    ...fromOnePicture,
    id: "wan2.2-i2v-flash",
    label: "Wan 2.2 Flash",
    parameters: {
      ...commonParameters(800),
      resolution: resolutions("480P", "720P", "1080P"),
      durationSeconds: FIVE_SECONDS,
    },
    offers: {
      dashscope: {
        wire: "img-url",
        sites: {
          "cn-beijing": {
            remoteId: "wan2.2-i2v-flash",
            pricePerSecond: perSecond("CNY", { "480P": 0.1, "720P": 0.2, "1080P": 0.48 }),
            limits,
          },
          "ap-southeast-1": unsureInSingapore("wan2.2-i2v-flash"),
        },
      },
    },
  },
  {
    ...silentFilm,
    ...fromOnePicture,
    id: "wan2.2-i2v-plus",
    label: "Wan 2.2 Plus",
    parameters: {
      ...commonParameters(800),
      resolution: resolutions("480P", "1080P"),
      durationSeconds: FIVE_SECONDS,
    },
    offers: {
      dashscope: {
        wire: "img-url",
        sites: {
          "cn-beijing": {
            remoteId: "wan2.2-i2v-plus",
            pricePerSecond: perSecond("CNY", { "480P": 0.14, "1080P": 0.7 }),
            limits,
          },
          "ap-southeast-1": { remoteId: "wan2.2-i2v-plus", pricePerSecond: NO_PRICE, limits },
        },
      },
    },
  },
  {
    ...silentFilm,
    id: "wan2.2-kf2v-flash",
    label: "Wan 2.2 Keyframes Flash",
    slots: { firstFrame: frameOf22, lastFrame: frameOf22 },
    modes: { between: { needs: ["firstFrame", "lastFrame"], allows: [] } },
    parameters: {
      ...commonParameters(800),
      resolution: resolutions("480P", "720P", "1080P"),
      durationSeconds: FIVE_SECONDS,
    },
    offers: {
      dashscope: {
        wire: "keyframes",
        sites: {
          "cn-beijing": {
            remoteId: "wan2.2-kf2v-flash",
            pricePerSecond: perSecond("CNY", { "480P": 0.1, "720P": 0.2, "1080P": 0.48 }),
            limits,
          },
          "ap-southeast-1": unsureInSingapore("wan2.2-kf2v-flash"),
        },
      },
    },
    source: "https://www.alibabacloud.com/help/en/model-studio/image-to-video-first-and-last-frames-guide",
  },
];
