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
  /** The longer side over the shorter, at most. */
  ratioMax: number;
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
/** Whole numbers out of a list, in ascending order: a duration that runs 2 to 15, or takes only 5 and 10. */
export type StepsParameter = { kind: "steps"; values: readonly number[]; initial: number };
/** A whole number that may be left to the vendor. */
export type OptionalIntegerParameter = { kind: "optional-integer"; min: number; max: number };
export type ToggleParameter = { kind: "toggle"; initial: boolean };
export type Parameter =
  | TextParameter
  | ChoiceParameter
  | StepsParameter
  | OptionalIntegerParameter
  | ToggleParameter;

/** Parameters by their name in our form. A model without an entry does not take the parameter. */
export type ModelParameters = {
  prompt: TextParameter;
  negativePrompt?: TextParameter;
  resolution: ChoiceParameter & { values: readonly ResolutionTier[]; initial: ResolutionTier };
  durationSeconds: StepsParameter;
  seed?: OptionalIntegerParameter;
  promptExtend?: ToggleParameter;
  watermark?: ToggleParameter;
};
export type ParameterName = keyof ModelParameters;

export type ModeRule = { needs: readonly SlotName[]; allows: readonly SlotName[] };

/** The price of one second of output, by resolution tier; a missing tier is a price we do not know. */
export type PriceTable = Partial<Record<ResolutionTier, Money>>;

export type DashScopeOffer = {
  /** The model's id on the wire. */
  remoteId: string;
  /** Which body the create call takes. */
  wire: "media";
  pricePerSecond: Partial<Record<Region, PriceTable>>;
  /** Day the prices were read, as YYYY-MM-DD. */
  pricedOn: string;
};

export type Model = {
  id: string;
  label: string;
  slots: Partial<Record<SlotName, Slot>>;
  modes: Partial<Record<Mode, ModeRule>>;
  parameters: ModelParameters;
  offers: { dashscope?: DashScopeOffer };
};

export function integersBetween(min: number, max: number): readonly number[] {
  return Array.from({ length: max - min + 1 }, (_, index) => min + index);
}
