/** A small control of the parameter row that opens something. */
export const chipClass =
  "inline-flex min-h-8 max-w-full items-center gap-2 rounded-control border border-line bg-panel px-3 text-small transition-colors hover:bg-raised aria-invalid:border-bad-line pointer-coarse:min-h-11";
