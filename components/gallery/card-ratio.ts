import type { GenerationView } from "@/lib/domain/generation";
import { lookOf, statusTitle } from "@/lib/domain/generation-status";

const UNKNOWN = 16 / 9;
/** Narrower than this, no card can be pressed or read; its picture is cropped instead. */
const NARROWEST = 0.5;
/** Words need room: a card that explains itself is never narrower than this, and from the next on it has a row. */
const NARROWEST_OF_WORDS = 1.45;
const WIDEST_OF_WORDS = 2.1;
const WORDS_STEP = 0.05;
/** A row lower than this is too low for words; they fit into every higher one. */
const LOWEST_OF_WORDS_PX = 210;
/** A card of words that takes more of the width than this is better off with all of it. */
const WORDS_SHARE_MAX = 0.6;

/** Width over height of a card: known before its poster loads, and the same while it renders and after. */
export function cardRatio(view: GenerationView): number {
  if (isWords(view)) return wordsRatio(view);
  const size = view.clip ?? view.predictedSize;
  return Math.max(NARROWEST, size ? size.width / size.height : UNKNOWN);
}

/** The height that a row with this card must have, px: words that grow would put bars around their neighbours. */
export function lowestCardPx(view: GenerationView): number {
  return isWords(view) ? LOWEST_OF_WORDS_PX : 0;
}

/** Nothing to look at: its words alone decide how high it is. */
export function isWords(view: GenerationView): boolean {
  return lookOf(view) !== "clip" && lookOf(view) !== "in-flight";
}

/** What was taken back says little, and some cards much: neither has the shape of a picture among pictures. */
export function standsAlone(view: GenerationView, widthPx: number): boolean {
  if (!isWords(view)) return false;
  const ratio = wordsRatio(view);
  return (
    lookOf(view) === "withdrawn" ||
    ratio >= WIDEST_OF_WORDS ||
    ratio * LOWEST_OF_WORDS_PX > widthPx * WORDS_SHARE_MAX
  );
}

/** So wide that its words fit into the lowest row that it may stand in. */
function wordsRatio(view: GenerationView): number {
  let ratio = NARROWEST_OF_WORDS;
  while (ratio < WIDEST_OF_WORDS && heightOfWords(view, ratio * LOWEST_OF_WORDS_PX) > LOWEST_OF_WORDS_PX) {
    ratio += WORDS_STEP;
  }
  return ratio;
}

// As the cards are set: their padding, gaps, prompt and one row of buttons; the widths are of a generous system font.
const FRAME_PX = 116;
const PADDING_PX = 34;
const HEADING = { linePx: 22, letterPx: 8.4 };
const WORDS = { linePx: 18, letterPx: 6.7 };
/** Beside the heading. */
const DISMISS_PX = 84;
/** "Retry $0.50", "Change and retry" and "Details" side by side. */
const BUTTONS_PX = 340;
const BUTTON_ROW_PX = 40;

function heightOfWords(view: GenerationView, widthPx: number): number {
  const innerPx = widthPx - PADDING_PX;
  const explanation = view.failure?.explanation ?? "";
  const taskButtons = view.failure?.candidates?.length ?? 0;
  const buttonRows = taskButtons + (innerPx < BUTTONS_PX ? 1 : 0);
  return (
    FRAME_PX +
    HEADING.linePx * lineCount(statusTitle(view), HEADING.letterPx, innerPx - DISMISS_PX) +
    WORDS.linePx * lineCount(explanation, WORDS.letterPx, innerPx) +
    BUTTON_ROW_PX * buttonRows
  );
}

function lineCount(words: string, letterPx: number, widthPx: number): number {
  return Math.ceil((words.length * letterPx) / widthPx);
}
