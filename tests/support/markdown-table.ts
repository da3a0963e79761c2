/** Rows of cells, the first of them the head. */
export function markdownTable([head = [], ...rows]: string[][]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
