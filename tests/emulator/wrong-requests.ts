import sharp from "sharp";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { dataUri } from "./start-emulator";

/** A request in the vendor's form whose content is wrong; nothing can be fetched from its addresses. */
export type WrongRequest = {
  name: string;
  path?: "image2video";
  body: () => object | Promise<object>;
  code: string;
  /** Where the checks are made at create, if it is another one there. */
  strictCode?: string;
  message: RegExp;
};

const FILE_HOST = "https://host.test";
const frame = { type: "first_frame", url: `${FILE_HOST}/a.png` };
const last = { type: "last_frame", url: `${FILE_HOST}/b.png` };
const audio = { type: "driving_audio", url: `${FILE_HOST}/a.mp3` };
const clip = { type: "first_clip", url: `${FILE_HOST}/a.mp4` };

const media = (items: unknown, parameters?: object) => ({
  model: "wan2.7-i2v",
  input: { media: items },
  ...(parameters && { parameters }),
});
const of = (model: string, input: object, parameters: object = {}) => ({ model, input, parameters });
const INVALID = "InvalidParameter";

const fields: WrongRequest[] = [
  wrong("no media", () => of("wan2.7-i2v", {}), /^Field required: input\.media$/),
  wrong("media is null", () => media(null), /^Field required: input\.media$/),
  wrong("media is no list", () => media({ 0: frame }), /^input\.media must be an array/),
  wrong("an item is no object", () => media(["first_frame"]), /^input\.media\.0 must be an object/),
  wrong("no type", () => media([{ url: frame.url }]), /^Field required: input\.media\.0\.type$/),
  wrong("no url", () => media([frame, { type: "last_frame" }]), /^Field required: input\.media\.1\.url$/),
  wrong("an empty url", () => media([{ ...frame, url: "" }]), /^Field required: input\.media\.0\.url$/),
  wrong(
    "a url that is no text",
    () => media([{ ...frame, url: 7 }]),
    /^input\.media\.0\.url must be a string/,
  ),
  wrong(
    "an unknown type",
    () => media([{ ...frame, type: "constructor" }]),
    /^input\.media\.0\.type must be one of/,
  ),
  wrong("no img_url", () => of("wan2.6-i2v", { prompt: "x" }), /^Field required: input\.img_url$/),
  wrong(
    "media for the flat family",
    () => of("wan2.6-i2v", { media: [frame] }),
    /^Field required: input\.img_url$/,
  ),
  wrong(
    "img_url for the media family",
    () => of("wan2.7-i2v", { img_url: frame.url }),
    /^Field required: input\.media$/,
  ),
  {
    ...wrong(
      "no first frame",
      () => of("wan2.2-kf2v-flash", { last_frame_url: last.url }),
      /^Field required: input\.first_frame_url$/,
    ),
    path: "image2video",
  },
  {
    ...wrong(
      "no last frame",
      async () => of("wan2.2-kf2v-flash", { first_frame_url: await dataUri() }),
      /^Field required: input\.last_frame_url$/,
    ),
    path: "image2video",
  },
];

const sets: WrongRequest[] = [
  ...Object.entries({
    nothing: [],
    "a last frame alone": [last],
    "sound alone": [audio],
    "a last frame and sound": [last, audio],
    "a clip and a first frame": [clip, frame],
    "a clip and sound": [clip, audio],
    "a clip, a last frame and sound": [clip, last, audio],
    "two first frames": [frame, frame],
    "two last frames": [frame, last, last],
    "all four": [frame, last, audio, clip],
  }).map(([name, items]) => wrong(`the set: ${name}`, () => media(items), /not a supported combination/)),
];

const parameters: WrongRequest[] = [
  ...(
    [
      ["resolution", "480P"],
      ["resolution", "720p"],
      ["duration", 1],
      ["duration", 16],
      ["duration", 2.5],
      ["duration", "5"],
      ["seed", -1],
      ["seed", 2_147_483_648],
      ["seed", 0.5],
      ["watermark", "false"],
      ["prompt_extend", 1],
    ] as const
  ).map(([name, value]) =>
    wrong(
      `${name} ${JSON.stringify(value)}`,
      () => media([frame], { [name]: value }),
      new RegExp(`^parameters\\.${name} must be`),
    ),
  ),
  wrong(
    "a shot type that is none",
    () => of("wan2.6-i2v", { img_url: frame.url }, { shot_type: "triple" }),
    /^parameters\.shot_type/,
  ),
  wrong(
    "a sound switch that is none",
    () => of("wan2.6-i2v-flash", { img_url: frame.url }, { audio: "no" }),
    /^parameters\.audio/,
  ),
  wrong(
    "a prompt that is no text",
    () => of("wan2.7-i2v", { prompt: 7, media: [frame] }),
    /^input\.prompt must be a string/,
  ),
  wrong(
    "words to avoid that are no text",
    () => of("wan2.7-i2v", { negative_prompt: [], media: [frame] }),
    /^input\.negative_prompt/,
  ),
  wrong(
    "another model's effect",
    () => of("wan2.2-i2v-plus", { img_url: frame.url, template: "squish" }),
    /^input\.template is not supported/,
  ),
];

const addresses: WrongRequest[] = [
  {
    ...wrong("a file that cannot be had", () => media([frame]), /Failed to download|Unable to download/),
    strictCode: "InvalidParameter.DataInspection",
  },
  wrong(
    "a file of the client's disk",
    () => media([{ ...frame, url: "file:///etc/passwd" }]),
    /^url error, please check url!$/,
  ),
  wrong("bare Base64", () => media([{ ...frame, url: "aGVsbG8=" }]), /^url error/),
  wrong("broken Base64", () => media([{ ...frame, url: "data:image/png;base64,@@@@" }]), /^url error/),
  wrong(
    "a sound in the request",
    async () =>
      media([
        { ...frame, url: await dataUri() },
        { ...audio, url: "data:audio/wav;base64,AAAA" },
      ]),
    /^url error/,
  ),
  {
    ...wrong(
      "an upload that never was",
      () => media([{ ...frame, url: "oss://dashscope-instant/none" }]),
      /Failed to find the requested media resource/,
    ),
    code: "InvalidParameter.DataInspection",
  },
];

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#456" } });

const pictures: WrongRequest[] = [
  picture("a side of 239 px", "InvalidFile.Resolution", () => dataUri(plain(239, 400).jpeg())),
  picture("a side of 8001 px", "InvalidFile.Resolution", () => dataUri(plain(8001, 1200).jpeg())),
  picture("wider than 8:1", "InvalidFile.AspectRatio", () => dataUri(plain(2001, 250).jpeg())),
  picture("higher than 1:8", "InvalidFile.AspectRatio", () => dataUri(plain(250, 2001).jpeg())),
  picture("a GIF", "InvalidFile.Format", () => dataUri(plain(300, 300).gif(), "image/gif")),
  picture("a PNG with alpha", "InvalidFile.Format", () =>
    dataUri(plain(300, 300).ensureAlpha(0.5).png(), "image/png"),
  ),
  picture("a MIME type that lies", INVALID, () => dataUri(plain(300, 300).png(), "image/jpeg")),
  picture("larger than 20 MB", "InvalidFile.Size", async () => {
    const bytes = Buffer.concat([await plain(300, 300).png().toBuffer(), Buffer.alloc(20 * 2 ** 20)]);
    return `data:image/png;base64,${bytes.toString("base64")}`;
  }),
  picture("cut in the middle", INVALID, async () => {
    const whole = await makePicture(400, 400).jpeg().toBuffer();
    return `data:image/jpeg;base64,${whole.subarray(0, whole.length / 2).toString("base64")}`;
  }),
];

/** Every check that the vendor may make of an accepted request, or of one that it is about to accept. */
export const wrongRequests: WrongRequest[] = [...fields, ...sets, ...parameters, ...addresses, ...pictures];

function wrong(name: string, body: WrongRequest["body"], message: RegExp): WrongRequest {
  return { name, body, code: INVALID, message };
}

function picture(name: string, code: string, makeUrl: () => Promise<string>): WrongRequest {
  return {
    name: `a picture: ${name}`,
    body: async () => media([{ type: "first_frame", url: await makeUrl() }]),
    code,
    message: /input\.media\.0\.url|Failed to decode the image/,
  };
}
