/** The mark: a frame, and the first light in it. */
export function Logo() {
  return (
    <p className="flex items-center gap-2 font-semibold text-lead">
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <rect
          x="1.5"
          y="1.5"
          width="17"
          height="17"
          rx="4"
          fill="none"
          strokeWidth="2.2"
          className="stroke-ink"
        />
        <rect x="6.5" y="6.5" width="7" height="7" rx="1.8" className="fill-lamp" />
      </svg>
      Firstframe
    </p>
  );
}
