import type { GenerationView } from "@/lib/domain/generation";
import { cardRatio, isWords, lowestCardPx, standsAlone } from "./card-ratio";
import { justifyRows, type Row, type RowSize } from "./justify-rows";

/** The least that a row of words takes; it grows with them. */
const WORDS_ROW_PX = 50;

/**
 * A day's cards in justified rows. A card of words that does not fit among pictures stands alone after the row that was
 * being filled when it came, and a row of nothing but words is as high as they are: no holes, and no bars around a
 * neighbour's picture.
 */
export function layOutDay(generations: readonly GenerationView[], size: RowSize): Row<GenerationView>[] {
  const isAlone = (view: GenerationView) => standsAlone(view, size.widthPx);
  const ofWords = (items: readonly GenerationView[]) => ({
    items,
    widthPx: size.widthPx,
    heightPx: WORDS_ROW_PX,
  });
  const together = generations.filter((view) => !isAlone(view));
  const rows = justifyRows(together, cardRatio, size, lowestCardPx).map((row) =>
    row.items.every(isWords) ? ofWords(row.items) : row,
  );
  const turnOf = new Map(generations.map((view, turn) => [view, turn]));
  const firstTurn = ({ items: [first] }: Row<GenerationView>) => (first && turnOf.get(first)) ?? 0;
  return [...rows, ...generations.filter(isAlone).map((view) => ofWords([view]))].toSorted(
    (left, right) => firstTurn(left) - firstTurn(right),
  );
}
