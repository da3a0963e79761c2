import type { Model } from "@/lib/domain/models/model";
import { chipClass } from "./chip";

/** Which model films it; with one model there is nothing to choose, only something to know. */
export function ModelChip({
  models,
  model,
  onChoose,
}: {
  models: readonly Model[];
  model: Model;
  onChoose: (model: Model) => void;
}) {
  if (models.length < 2) {
    return (
      <span className="inline-flex min-h-8 items-center pr-1 font-semibold text-small pointer-coarse:min-h-11">
        {model.label}
      </span>
    );
  }
  return (
    <select
      aria-label="Model"
      value={model.id}
      onChange={(event) => {
        const chosen = models.find(({ id }) => id === event.target.value);
        if (chosen) onChoose(chosen);
      }}
      className={chipClass}
    >
      {models.map(({ id, label }) => (
        <option key={id} value={id}>
          {label}
        </option>
      ))}
    </select>
  );
}
