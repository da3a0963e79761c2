import type { GenerationView } from "@/lib/domain/generation";
import { type GenerationLook, lookOf } from "@/lib/domain/generation-status";

const UNKNOWN = 16 / 9;
/** Narrower than this, no card can be pressed or read; its picture is cropped instead. */
const NARROWEST = 0.5;

// Words need room: a card that explains itself is never narrower than this.
const NARROWEST_BY_LOOK: Record<GenerationLook, number> = {
  clip: NARROWEST,
  "in-flight": NARROWEST,
  undecided: 1.45,
  failure: 1.45,
  withdrawn: 1.2,
};

/** Width over height of a card: known before its poster loads, and the same while it renders and after. */
export function cardRatio(view: GenerationView): number {
  const size = view.clip ?? view.predictedSize;
  const own = size ? size.width / size.height : UNKNOWN;
  const look = lookOf(view);
  const isWords = look !== "clip" && look !== "in-flight";
  return Math.max(NARROWEST_BY_LOOK[look], isWords ? Math.min(own, UNKNOWN) : own);
}
