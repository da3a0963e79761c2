import { type ConnectionPlace, placeLabel } from "@/lib/domain/connection";
import { catalogue } from "@/lib/domain/models/catalogue";
import { MODES, type Mode, REGIONS } from "@/lib/domain/models/model";
import { modelAt } from "@/lib/domain/models/offer";
import { markdownTable } from "./markdown-table";

const PLACES: ConnectionPlace[] = [
  ...REGIONS.map((region) => ({ vendor: "dashscope", region }) as const),
  { vendor: "aimlapi" },
];

const MODE_LABELS: Record<Mode, string> = {
  animate: "Animate",
  between: "Between frames",
  continue: "Continue",
};

/** The README's table of model × mode × place, out of the catalogue. */
export function catalogueTable(): string {
  const head = ["Model", "Mode", ...PLACES.map(placeLabel)];
  const rows = catalogue.flatMap((known) =>
    MODES.filter((mode) => known.modes[mode]).map((mode) => [
      `\`${known.id}\``,
      MODE_LABELS[mode] + (known.modes[mode]?.onlyWithTemplate ? " (an effect)" : ""),
      ...PLACES.map((place) => lengthsAt(modelAt(known, place), mode)),
    ]),
  );
  return markdownTable([head, ...rows]);
}

/** `2–15 s`, `5, 10 s`, or nothing where the place has neither. */
function lengthsAt(model: ReturnType<typeof modelAt>, mode: Mode): string {
  if (!model?.modes[mode]) return "";
  const { values } = model.parameters.durationSeconds;
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  const isRun = values.length > 2 && last - first === values.length - 1;
  return isRun ? `${first}–${last} s` : `${values.join(", ")} s`;
}
