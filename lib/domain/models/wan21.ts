import type { Model, ModelParameters, Site } from "./model";
import { commonParameters, FIVE_SECONDS, PRICED_ON, perSecond, resolutions, steps } from "./wan-parameters";
import { frameOf22 } from "./wan-slots";

const limits = { submitsPerSecond: 2, runningMax: 2 };

const EFFECTS = [
  "squish",
  "rotation",
  "poke",
  "inflate",
  "dissolve",
  "carousel",
  "singleheart",
  "flying",
  "rose",
  "crystalrose",
  "hug",
  "frenchkiss",
  "coupleheart",
] as const;
const PLUS_EFFECTS = [
  "melt",
  "icecream",
  "dance1",
  "dance2",
  "dance3",
  "dance4",
  "dance5",
  "mermaid",
  "graduation",
  "dragon",
  "money",
  "jellyfish",
  "pupil",
] as const;
const KEYFRAME_EFFECTS = ["hanfu-1", "solaron", "magazine", "mech1", "mech2"] as const;

const fromOnePicture: Pick<Model, "slots" | "modes" | "sound" | "pricedOn" | "source"> = {
  slots: { firstFrame: frameOf22 },
  modes: { animate: { needs: ["firstFrame"], allows: [] } },
  sound: "silent",
  pricedOn: PRICED_ON,
  source: "https://www.alibabacloud.com/help/en/model-studio/image-to-video-api-reference",
};

const turbo: ModelParameters = {
  ...commonParameters(800),
  resolution: resolutions("480P", "720P"),
  durationSeconds: steps([3, 4, 5], 5),
  template: { kind: "optional-choice", values: EFFECTS },
};

const plus: ModelParameters = {
  ...commonParameters(800),
  resolution: resolutions("720P"),
  durationSeconds: FIVE_SECONDS,
  template: { kind: "optional-choice", values: [...EFFECTS, ...PLUS_EFFECTS] },
};

const keyframes: Omit<Model, "id" | "label" | "offers"> = {
  slots: { firstFrame: frameOf22, lastFrame: frameOf22 },
  modes: {
    between: { needs: ["firstFrame", "lastFrame"], allows: [] },
    animate: { needs: ["firstFrame"], allows: [], onlyWithTemplate: true },
  },
  sound: "silent",
  parameters: {
    ...commonParameters(800),
    resolution: resolutions("720P"),
    durationSeconds: FIVE_SECONDS,
    template: { kind: "optional-choice", values: KEYFRAME_EFFECTS },
  },
  pricedOn: PRICED_ON,
  source: "https://www.alibabacloud.com/help/en/model-studio/image-to-video-first-and-last-frames-guide",
};

/** The newest page that still names dollar prices of these models; it gives no day. */
const PRICED_IN_SINGAPORE_ON = "2025-06";

/** The same model is spelled `wanx2.1-…` in Beijing and `wan2.1-…` in Singapore. */
function beijing(remoteId: string, pricePerSecond: Site["pricePerSecond"]) {
  return { "cn-beijing": { remoteId, pricePerSecond, limits } };
}
function singapore(remoteId: string, pricePerSecond: Site["pricePerSecond"], submitsPerSecond = 2) {
  return { "ap-southeast-1": { remoteId, pricePerSecond, limits: { ...limits, submitsPerSecond } } };
}

export const wan21Models: readonly Model[] = [
  {
    ...fromOnePicture,
    id: "wanx2.1-i2v-turbo",
    label: "Wan 2.1 Turbo",
    parameters: turbo,
    offers: {
      dashscope: {
        wire: "img-url",
        sites: beijing("wanx2.1-i2v-turbo", perSecond("CNY", { "480P": 0.24, "720P": 0.24 })),
      },
    },
  },
  {
    ...fromOnePicture,
    id: "wan2.1-i2v-turbo",
    label: "Wan 2.1 Turbo",
    parameters: turbo,
    pricedOn: PRICED_IN_SINGAPORE_ON,
    offers: {
      dashscope: {
        wire: "img-url",
        sites: singapore("wan2.1-i2v-turbo", perSecond("USD", { "480P": 0.036, "720P": 0.036 })),
      },
    },
  },
  {
    ...fromOnePicture,
    id: "wanx2.1-i2v-plus",
    label: "Wan 2.1 Plus",
    parameters: plus,
    offers: {
      dashscope: { wire: "img-url", sites: beijing("wanx2.1-i2v-plus", perSecond("CNY", { "720P": 0.7 })) },
    },
  },
  {
    ...fromOnePicture,
    id: "wan2.1-i2v-plus",
    label: "Wan 2.1 Plus",
    parameters: plus,
    pricedOn: PRICED_IN_SINGAPORE_ON,
    offers: {
      dashscope: { wire: "img-url", sites: singapore("wan2.1-i2v-plus", perSecond("USD", { "720P": 0.1 })) },
    },
  },
  {
    ...keyframes,
    id: "wanx2.1-kf2v-plus",
    label: "Wan 2.1 Keyframes Plus",
    offers: {
      dashscope: {
        wire: "keyframes",
        sites: beijing("wanx2.1-kf2v-plus", perSecond("CNY", { "720P": 0.7 })),
      },
    },
  },
  {
    ...keyframes,
    id: "wan2.1-kf2v-plus",
    label: "Wan 2.1 Keyframes Plus",
    pricedOn: PRICED_IN_SINGAPORE_ON,
    offers: {
      dashscope: {
        wire: "keyframes",
        sites: singapore("wan2.1-kf2v-plus", perSecond("USD", { "720P": 0.1 }), 1),
      },
    },
  },
];
