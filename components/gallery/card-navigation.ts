/** A row of the gallery as far as moving between cards goes. */
export type NavigationRow = readonly { id: string; ratio: number }[];

/** The card that an arrow key leads to; null where the key leads nowhere. */
export function cardForKey(rows: readonly NavigationRow[], currentId: string, key: string): string | null {
  const all = rows.flat();
  const index = all.findIndex(({ id }) => id === currentId);
  switch (key) {
    case "ArrowRight":
      return all[index + 1]?.id ?? null;
    case "ArrowLeft":
      return all[index - 1]?.id ?? null;
    case "ArrowDown":
      return inNeighbour(rows, currentId, 1);
    case "ArrowUp":
      return inNeighbour(rows, currentId, -1);
    case "Home":
      return all[0]?.id ?? null;
    case "End":
      return all.at(-1)?.id ?? null;
    default:
      return null;
  }
}

/** The card of the next row, up or down, whose middle stands nearest. */
function inNeighbour(rows: readonly NavigationRow[], currentId: string, step: 1 | -1): string | null {
  const rowIndex = rows.findIndex((row) => row.some(({ id }) => id === currentId));
  const row = rows[rowIndex];
  const neighbour = rows[rowIndex + step];
  if (!row || !neighbour) return null;
  const middle = middles(row).find(({ id }) => id === currentId)?.at ?? 0;
  return middles(neighbour).reduce((best, card) =>
    Math.abs(card.at - middle) < Math.abs(best.at - middle) ? card : best,
  ).id;
}

/** Middles as a share of the row's width. A row that ends early is taken as if it filled the width. */
function middles(row: NavigationRow): { id: string; at: number }[] {
  const total = row.reduce((sum, { ratio }) => sum + ratio, 0);
  let passed = 0;
  return row.map(({ id, ratio }) => {
    const at = (passed + ratio / 2) / total;
    passed += ratio;
    return { id, at };
  });
}
