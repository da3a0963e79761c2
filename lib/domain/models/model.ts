import type { Money } from "../money";

/** The places of the strip that hold media. */
export const SLOT_NAMES = ["firstFrame", "lastFrame", "drivingAudio", "firstClip"] as const;
export type SlotName = (typeof SLOT_NAMES)[number];

/** What the film is made from; it follows from which slots are filled. */
export const MODES = ["animate", "between", "continue"] as const;
export type Mode = (typeof MODES)[number];

export const REGIONS = ["ap-southeast-1", "cn-beijing", "us-east-1", "eu-central-1"] as const;
export type Region = (typeof REGIONS)[number];

export const RESOLUTION_TIERS = ["480P", "720P", "1080P"] as const;
export type ResolutionTier = (typeof RESOLUTION_TIERS)[number];

export type ImageSlot = {
  kind: "image";
  mediaTypes: readonly string[];
  bytesMax: number;
  /** Shortest and longest allowed side, px. */
  sidePx: readonly [min: number, max: number];
  /** The longer side over the shorter, at most; null where the vendor states none. */
  ratioMax: number | null;
};
export type AudioSlot = {
  kind: "audio";
  mediaTypes: readonly string[];
  bytesMax: number;
  seconds: readonly [min: number, max: number];
};
export type VideoSlot = Omit<ImageSlot, "kind"> & {
  kind: "video";
  seconds: readonly [min: number, max: number];
};
export type Slot = ImageSlot | AudioSlot | VideoSlot;

export type TextParameter = { kind: "text"; charactersMax: number };
export type ChoiceParameter = { kind: "choice"; values: readonly string[]; initial: string };
/** One of a list, or none of them. */
export type OptionalChoiceParameter = { kind: "optional-choice"; values: readonly string[] };
/** Whole numbers out of a list, in ascending order: a duration that runs 2 to 15, or takes only 5 and 10. */
export type StepsParameter = { kind: "steps"; values: readonly number[]; initial: number };
/** A whole number that may be left to the vendor. */
export type OptionalIntegerParameter = { kind: "optional-integer"; min: number; max: number };
export type ToggleParameter = { kind: "toggle"; initial: boolean };
export type Parameter =
  | TextParameter
  | ChoiceParameter
  | OptionalChoiceParameter
  | StepsParameter
  | OptionalIntegerParameter
  | ToggleParameter;

/** Whether the film has sound that the model makes up, or none at all. Given audio is a slot, not a value. */
export const SOUNDS = ["automatic", "silent"] as const;
export type Sound = (typeof SOUNDS)[number];

/** One take, or several with cuts between them. */
export const SHOT_TYPES = ["single", "multi"] as const;
export type ShotType = (typeof SHOT_TYPES)[number];

/** Parameters by their name in our form. A model without an entry does not take the parameter. */
export type ModelParameters = {
  prompt: TextParameter;
  negativePrompt?: TextParameter;
  resolution: ChoiceParameter & { values: readonly ResolutionTier[]; initial: ResolutionTier };
  durationSeconds: StepsParameter;
  /** Works only while the prompt is rewritten. */
  shotType?: ChoiceParameter & { values: readonly ShotType[]; initial: ShotType };
  /** Only where the model lets one choose; what it does by itself says `Model.sound`. */
  sound?: ChoiceParameter & { values: readonly Sound[]; initial: Sound };
  /** A ready-made effect; it replaces the prompt and asks for the first frame alone. */
  template?: OptionalChoiceParameter;
  seed?: OptionalIntegerParameter;
  promptExtend?: ToggleParameter;
  watermark?: ToggleParameter;
};
export type ParameterName = keyof ModelParameters;

export type ModeRule = {
  needs: readonly SlotName[];
  allows: readonly SlotName[];
  /** The mode exists only with a template chosen. */
  onlyWithTemplate?: boolean;
};

/** The price of one second of output, by resolution tier; a missing tier is a price we do not know. */
export type PriceTable = Partial<Record<ResolutionTier, Money>>;

/** A model as one vendor has it in one place. */
export type Site = {
  /** The model's id on the wire. */
  remoteId: string;
  pricePerSecond: PriceTable;
  /** Where a film without sound costs less. */
  silentPricePerSecond?: PriceTable;
  /** Where the place takes other lengths than the model does elsewhere. */
  durationSeconds?: StepsParameter;
  /** Where the place has fewer modes. */
  modes?: Partial<Record<Mode, ModeRule>>;
  /** What the account may do there, all its keys together; null where nothing is published. */
  limits: { submitsPerSecond: number; runningMax: number } | null;
  /** What a person should know before relying on it. */
  caution?: string;
};

export type DashScopeOffer = {
  /** The create call's body: `input.media[]`, `input.img_url`, or `input.first_frame_url` and `last_frame_url`. */
  wire: "media" | "img-url" | "keyframes";
  sites: Partial<Record<Region, Site>>;
};

export type Model = {
  id: string;
  label: string;
  slots: Partial<Record<SlotName, Slot>>;
  modes: Partial<Record<Mode, ModeRule>>;
  /** What is heard when no audio is given and nothing else is chosen. */
  sound: Sound;
  parameters: ModelParameters;
  offers: { dashscope?: DashScopeOffer; aimlapi?: Site };
  /** When the prices were true: the day they were read (YYYY-MM-DD), or the month of the page that names them (YYYY-MM). */
  pricedOn: string;
  /** The vendor's page that the entry was typed from. */
  source: string;
};

export function integersBetween(min: number, max: number): readonly number[] {
  return Array.from({ length: max - min + 1 }, (_, index) => min + index);
}
