import { readMonth } from "@/lib/domain/calendar-month";
import { firstSentence } from "@/lib/domain/generation-title";
import { MODE_LABELS } from "@/lib/domain/models/mode-labels";
import { decimalAmount, type Money } from "@/lib/domain/money";
import { SPEND_WORDS } from "@/lib/domain/spend";
import { paths } from "@/lib/paths";
import type { RemoteTask } from "@/lib/server/providers/provider";
import { namesFor, type SpendOffice, type SpendReader, scopeOf } from "./report-month";
import type { SpendEntry } from "./spend-repository";

const HEADINGS = [
  "Day",
  "Ordered at (UTC)",
  "Person",
  "Where",
  "Model",
  "Mode",
  "Resolution",
  "Seconds",
  "State",
  "Counts as",
  "Amount",
  "Currency",
  "Estimate",
  "Billed",
  "Prompt begins",
  "Clip",
  "Generation",
  "Vendor's task",
];

/**
 * A month's rows as the reader may see them, one a generation, as a CSV file (RFC 4180). Of the reader's own it tells how
 * the prompt begins and where the clip is, below `origin`; what others wrote and made stays theirs, also from an operator.
 */
export async function spendCsv(
  office: SpendOffice,
  reader: SpendReader,
  { askedMonth, origin }: { askedMonth: unknown; origin: string },
): Promise<{ fileName: string; text: string }> {
  const month = readMonth(askedMonth, office.spend.today().slice(0, 7));
  const entries = await office.spendBook.listEntries(scopeOf(reader, month));
  const nameOf = await namesFor(
    office,
    entries.map(({ generation }) => generation),
  );
  const lines = [HEADINGS, ...entries.map((entry) => cellsOf(entry))];
  // The mark at the front is what tells a spreadsheet that names are UTF-8.
  const text = `\uFEFF${lines.map((cells) => `${cells.map(quote).join(",")}\r\n`).join("")}`;
  return { fileName: `firstframe-spend-${month}.csv`, text };

  function cellsOf({ generation, spend }: SpendEntry): string[] {
    const { id, parameters, price, cost, remoteTask } = generation;
    const isOwn = generation.ownerId === reader.ownerId;
    return [
      generation.spendDay,
      new Date(generation.createdAt).toISOString(),
      nameOf(generation.ownerId),
      generation.connection.label,
      generation.modelLabel,
      MODE_LABELS[generation.mode],
      parameters.resolution,
      String(parameters.durationSeconds),
      generation.state,
      SPEND_WORDS[spend.kind],
      decimalAmount(spend),
      spend.currency,
      amountOf(price),
      amountOf(cost),
      isOwn ? firstSentence(parameters.prompt) : "",
      isOwn ? `${origin}${paths.generation(id)}` : "",
      id,
      (remoteTask as RemoteTask | null)?.taskId ?? "",
    ];
  }
}

function amountOf(money: Money | null): string {
  return money ? decimalAmount(money) : "";
}

/**
 * A cell that a spreadsheet would take for a formula is turned into text by an apostrophe: names and labels are other
 * people's words. (OWASP, "CSV Injection".)
 */
function quote(cell: string): string {
  const text = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return `"${text.replaceAll('"', '""')}"`;
}
