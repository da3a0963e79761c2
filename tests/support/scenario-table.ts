import { scenarios } from "@/lib/emulator/scenarios";
import { markdownTable } from "./markdown-table";

/** The README's table of what a marker in the prompt does, out of the emulator's own list. */
export function scenarioTable(): string {
  const rows = scenarios.map(({ marker, meaning }) => [`\`${marker}\``, meaning]);
  return markdownTable([["In the prompt", "What happens"], ...rows]);
}
