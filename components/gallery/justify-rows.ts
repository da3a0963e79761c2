export type Row<Item> = {
  items: readonly Item[];
  /** Width of the whole row, px; the last row of a group may end early. */
  widthPx: number;
  heightPx: number;
};

/**
 * Items side by side in their own ratios, in rows that fill the width. A row takes items until it is no higher than
 * the target; then it keeps the last one or leaves it to the next row, whichever comes nearer to the target.
 */
export function justifyRows<Item>(
  items: readonly Item[],
  ratioOf: (item: Item) => number,
  { widthPx, targetHeightPx, gapPx }: { widthPx: number; targetHeightPx: number; gapPx: number },
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
    const isBetterWithout =
      open.length > 0 && heightOf(open) - targetHeightPx < targetHeightPx - heightOf(longer);
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
