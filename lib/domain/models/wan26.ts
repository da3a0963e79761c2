import { integersBetween, type Model } from "./model";
import {
  commonParameters,
  NO_PRICE,
  PRICED_ON,
  perSecond,
  resolutions,
  shotType,
  steps,
} from "./wan-parameters";
import { drivingAudioOf26, frameOf26 } from "./wan-slots";

const limits = { submitsPerSecond: 5, runningMax: 5 };
const threeLengths = steps([5, 10, 15], 5);

const wan26: Omit<Model, "id" | "label" | "offers"> = {
  slots: { firstFrame: frameOf26, drivingAudio: drivingAudioOf26 },
  modes: { animate: { needs: ["firstFrame"], allows: ["drivingAudio"] } },
  sound: "automatic",
  parameters: {
    ...commonParameters(1500),
    resolution: resolutions("720P", "1080P"),
    durationSeconds: steps(integersBetween(2, 15), 5),
    shotType,
  },
  pricedOn: PRICED_ON,
  source: "https://www.alibabacloud.com/help/en/model-studio/image-to-video-api-reference",
};

export const wan26Models: readonly Model[] = [
  {
    ...wan26,
    id: "wan2.6-i2v-flash",
    label: "Wan 2.6 Flash",
    parameters: {
      ...wan26.parameters,
      sound: { kind: "choice", values: ["automatic", "silent"], initial: "automatic" },
    },
    offers: {
      dashscope: {
        wire: "img-url",
        sites: {
          "cn-beijing": {
            remoteId: "wan2.6-i2v-flash",
            pricePerSecond: perSecond("CNY", { "720P": 0.3, "1080P": 0.5 }),
            silentPricePerSecond: perSecond("CNY", { "720P": 0.15, "1080P": 0.25 }),
            limits,
          },
          "ap-southeast-1": {
            remoteId: "wan2.6-i2v-flash",
            pricePerSecond: perSecond("USD", { "720P": 0.05, "1080P": 0.075 }),
            silentPricePerSecond: perSecond("USD", { "720P": 0.025, "1080P": 0.0375 }),
            limits,
          },
        },
      },
    },
  },
  {
    ...wan26,
    id: "wan2.6-i2v",
    label: "Wan 2.6",
    offers: {
      dashscope: {
        wire: "img-url",
        sites: {
          "cn-beijing": {
            remoteId: "wan2.6-i2v",
            pricePerSecond: perSecond("CNY", { "720P": 0.6, "1080P": 1 }),
            limits,
          },
          "ap-southeast-1": {
            remoteId: "wan2.6-i2v",
            pricePerSecond: perSecond("USD", { "720P": 0.1, "1080P": 0.15 }),
            limits,
          },
          // The Global edition; its pages name three lengths where the others take every second.
          "us-east-1": {
            remoteId: "wan2.6-i2v",
            pricePerSecond: NO_PRICE,
            durationSeconds: threeLengths,
            limits,
          },
          "eu-central-1": {
            remoteId: "wan2.6-i2v",
            pricePerSecond: NO_PRICE,
            durationSeconds: threeLengths,
            limits,
          },
        },
      },
    },
  },
  {
    ...wan26,
    id: "wan2.6-i2v-us",
    label: "Wan 2.6 US",
    parameters: { ...wan26.parameters, durationSeconds: threeLengths },
    offers: {
      dashscope: {
        wire: "img-url",
        sites: {
          "us-east-1": {
            remoteId: "wan2.6-i2v-us",
            pricePerSecond: perSecond("CNY", { "720P": 0.733924 }),
            limits,
          },
        },
      },
    },
  },
];
