import { catalogueTable } from "./catalogue-table";
import { scenarioTable } from "./scenario-table";

const TABLES: Record<string, () => string> = { models: catalogueTable, markers: scenarioTable };

/** The text with every table of the README as the code has it now. Throws where the marks of one are gone. */
export function withTables(readme: string): string {
  let text = readme;
  for (const [name, write] of Object.entries(TABLES)) {
    const [startMark, endMark] = [`<!-- ${name}: written by npm run readme -->`, `<!-- /${name} -->`];
    const [start, end] = [text.indexOf(startMark), text.indexOf(endMark)];
    if (start < 0 || end < start) throw new Error(`The README has lost the marks of its table of ${name}.`);
    text = `${text.slice(0, start + startMark.length)}\n\n${write()}\n\n${text.slice(end)}`;
  }
  return text;
}
