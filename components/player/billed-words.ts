import { formatSeconds } from "@/lib/domain/format-seconds";
import type { GenerationView } from "@/lib/domain/generation";
import { formatMoney } from "@/lib/domain/money";
import type { Usage } from "@/lib/domain/usage";

/** `5 s at 720P, as billed by the vendor`; null where the vendor has not said. */
export function billedWords({
  usage,
  connection,
}: Pick<GenerationView, "usage" | "connection">): string | null {
  if (usage === null) return null;
  return connection.isDemo
    ? `${usageWords(usage)}, as a vendor would bill it`
    : `${usageWords(usage)}, as billed by the vendor`;
}

function usageWords(usage: Usage): string {
  if (usage.by === "credits") {
    const credits = usage.credits === null ? "" : ` (${usage.credits.toLocaleString("en")} credits)`;
    return formatMoney(usage.spent) + credits;
  }
  const { billedSeconds, resolutionTier, inputSeconds, hasAudio } = usage;
  return [
    `${formatSeconds(billedSeconds)} s`,
    resolutionTier ? ` at ${resolutionTier}` : "",
    hasAudio === false ? " without sound" : "",
    inputSeconds ? `, the clip's ${formatSeconds(inputSeconds)} s among them` : "",
  ].join("");
}
