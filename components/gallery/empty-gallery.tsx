/** The first thing a newcomer sees: what the studio does, drawn, in one sentence. */
export function EmptyGallery({ onChoose }: { onChoose: () => void }) {
  return (
    <div className="flex min-h-[60dvh] flex-col items-center justify-center gap-6 px-4 py-12 text-center">
      <Filmstrip />
      <div className="max-w-md">
        <h2 className="font-semibold text-title">One picture becomes a film</h2>
        <p className="mt-2 text-lead text-muted">
          Drop a picture anywhere on this page, say in a sentence what should happen, and press Generate.
        </p>
      </div>
      <button
        type="button"
        onClick={onChoose}
        className="min-h-11 rounded-control border border-line-strong px-4 text-body transition-colors hover:bg-raised"
      >
        Choose a picture
      </button>
    </div>
  );
}

const FRAMES = [0, 1, 2, 3, 4];

/** A hill and a light that rises from frame to frame: the first is there, the others are still to come. */
function Filmstrip() {
  return (
    <svg viewBox="0 0 400 96" className="w-full max-w-md" aria-hidden="true">
      {FRAMES.map((frame) => (
        <g key={frame} transform={`translate(${frame * 80 + 2} 2)`} opacity={1 - frame * 0.19}>
          <clipPath id={`frame-${frame}`}>
            <rect width="72" height="92" rx="8" />
          </clipPath>
          <g clipPath={`url(#frame-${frame})`}>
            <rect width="72" height="92" className="fill-raised" />
            <circle cx={24 + frame * 7} cy={48 - frame * 7} r="11" className="fill-lamp" />
            <path
              d={`M${-10 - frame * 7} 92 L${20 - frame * 7} 54 L${46 - frame * 7} 74 L${74 - frame * 7} 48 L${112 - frame * 7} 92 Z`}
              className="fill-lifted"
            />
            <path
              d={`M${-20 - frame * 4} 92 L${14 - frame * 4} 76 L${50 - frame * 4} 88 L${86 - frame * 4} 70 L${120 - frame * 4} 92 Z`}
              className="fill-line-strong"
            />
          </g>
          <rect
            x="0.75"
            y="0.75"
            width="70.5"
            height="90.5"
            rx="8"
            fill="none"
            strokeWidth="1.5"
            className={frame === 0 ? "stroke-lamp" : "stroke-line-strong"}
            strokeDasharray={frame === 0 ? undefined : "4 4"}
          />
        </g>
      ))}
    </svg>
  );
}
