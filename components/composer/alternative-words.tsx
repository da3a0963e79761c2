"use client";

import { MODE_LABELS } from "@/lib/domain/models/mode-labels";
import type { Model } from "@/lib/domain/models/model";
import type { Alternative } from "./untaken";

/** "For a shot switch choose Wan 2.6." The model's name chooses it, and what that would cost in work is said before. */
export function AlternativeWords({
  wish,
  alternative,
  onChoose,
}: {
  wish: string;
  alternative: Alternative;
  onChoose: (model: Model) => void;
}) {
  if (alternative.kind === "nowhere") return null;
  if (alternative.kind === "elsewhere") return <>{` For ${wish} there is ${alternative.words}.`}</>;
  const { model, lostMode } = alternative;
  return (
    <>
      {` For ${wish} choose `}
      <button
        type="button"
        onClick={() => onChoose(model)}
        className="text-lamp-ink underline decoration-1 underline-offset-2"
      >
        {model.label}
      </button>
      {lostMode ? ` (not for “${MODE_LABELS[lostMode]}”).` : "."}
    </>
  );
}
