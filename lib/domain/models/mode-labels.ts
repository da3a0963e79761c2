import type { Mode } from "./model";

export const MODE_LABELS: Record<Mode, string> = {
  animate: "Animate",
  between: "Between frames",
  continue: "Continue a clip",
};
