import type { ConnectionView } from "@/lib/domain/connection";

/**
 * When money is taken, as far as the vendor says. DashScope: failed calls cost nothing (user guide, "Billing"). AI/ML
 * API names its credits when it accepts, and no page of it says that they come back.
 */
export function chargeWords({ place, isDemo }: Pick<ConnectionView, "place" | "isDemo">): string {
  if (isDemo) return "demo mode, nothing is charged";
  return place.vendor === "dashscope"
    ? "charged only if it succeeds"
    : "AI/ML API does not say whether a failed clip is free";
}
