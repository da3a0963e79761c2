export type Row<Item> = {
  items: readonly Item[];
  /** Width of the whole row, px; the last row of a group may end early. */
  widthPx: number;
  heightPx: number;
};

export type RowSize = { widthPx: number; targetHeightPx: number; gapPx: number };

/**
 * Items side by side in their own ratios, in rows that fill the width. A row takes items until it is no higher than
 * the target; then it keeps the last one or leaves it to the next row, whichever comes nearer to the target. A row that
 * would be too low for one of its items keeps the last one out in any case.
 */
export function justifyRows<Item>(
  items: readonly Item[],
  ratioOf: (item: Item) => number,
  { widthPx, targetHeightPx, gapPx }: RowSize,
  lowestPxOf: (item: Item) => number = () => 0,
): Row<Item>[] {
  const heightOf = (row: readonly Item[]) => (widthPx - gapPx * (row.length - 1)) / sum(row.map(ratioOf));
  const rows: Row<Item>[] = [];
  let open: Item[] = [];
  for (const item of items) {
    const longer = [...open, item];
    if (heightOf(longer) > targetHeightPx) {
      open = longer;
      continue;
    }
    const isTooLow = longer.some((one) => heightOf(longer) < lowestPxOf(one));
    const isBetterWithout =
      open.length > 0 && (isTooLow || heightOf(open) - targetHeightPx < targetHeightPx - heightOf(longer));
    const full = isBetterWithout ? open : longer;
    rows.push({ items: full, widthPx, heightPx: heightOf(full) });
    open = isBetterWithout ? [item] : [];
    // A single item wider than the row's target fills a row of its own.
    if (isBetterWithout && heightOf(open) <= targetHeightPx) {
      rows.push({ items: open, widthPx, heightPx: heightOf(open) });
      open = [];
    }
  }
  if (open.length > 0) {
    const heightPx = Math.min(targetHeightPx, heightOf(open));
    const rowWidth = sum(open.map(ratioOf)) * heightPx + gapPx * (open.length - 1);
    rows.push({ items: open, widthPx: Math.min(widthPx, rowWidth), heightPx });
  }
  return rows;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
