import { slotLabel } from "@/lib/domain/asset";
import type { FailureInput } from "@/lib/domain/failure";
import type { SlotName } from "@/lib/domain/models/model";

/** How the words of vendors name an input. The first that fits decides. */
const NAMES: readonly [RegExp, FailureInput][] = [
  [/last[ _]?frame/i, "lastFrame"],
  [/first[ _]?clip|\bclip\b|video_url|\bvideo (file|resource|duration|size)/i, "firstClip"],
  [/audio/i, "drivingAudio"],
  [/first[ _]?frame|img_url|image_url/i, "firstFrame"],
  [/\b(negative_)?prompt\b/i, "prompt"],
  [
    /\b(resolution|duration|seed|watermark|prompt_?extend|shot_type|template|parameters|enhance_prompt|enable_prompt_expansion)\b/i,
    "parameters",
  ],
];

/** Which of the inputs that were really sent a vendor's message speaks of; null where it does not say. */
export function namedInput(message: string, sent: readonly SlotName[]): FailureInput | null {
  const position = /\bmedia[.[](\d+)/.exec(message)?.[1];
  if (position !== undefined) return sent[Number(position)] ?? null;
  const named = NAMES.find(([pattern]) => pattern.test(message))?.[1];
  if (named && (!isSlot(named) || sent.includes(named))) return named;
  const pictures = sent.filter((slot) => slot === "firstFrame" || slot === "lastFrame");
  return /image|picture/i.test(message) && pictures.length === 1 ? (pictures[0] ?? null) : null;
}

/** The file that a message about files means: the one it names, else the only one there is. */
export function namedFile(message: string, sent: readonly SlotName[]): SlotName | null {
  const named = namedInput(message, sent);
  if (named && isSlot(named)) return named;
  return sent.length === 1 ? (sent[0] ?? null) : null;
}

/** `the first frame`, or `one of the files` where it cannot be told which. */
export function fileNoun(file: SlotName | null): string {
  return file ? `the ${slotLabel(file)}` : "one of the files";
}

/** `the first frame or the driving audio`. */
export function sentList(sent: readonly SlotName[]): string {
  const nouns = sent.map((slot) => `the ${slotLabel(slot)}`);
  if (nouns.length === 0) return "one of the files";
  return nouns.length === 1 ? nouns.join("") : `${nouns.slice(0, -1).join(", ")} or ${nouns.at(-1)}`;
}

/** How to save a file anew so that every vendor reads it. */
export function saveAnew(file: SlotName | null): string {
  if (file === "drivingAudio") return "save the audio anew as WAV or MP3";
  if (file === "firstClip") return "save the clip anew as MP4";
  return file ? "save the picture anew as JPEG or PNG" : "save the files anew in a common format";
}

export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function isSlot(input: FailureInput): input is SlotName {
  return input === "firstFrame" || input === "lastFrame" || input === "drivingAudio" || input === "firstClip";
}
