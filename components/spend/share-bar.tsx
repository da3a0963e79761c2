/**
 * How much of a whole two sums are, both from zero on one scale: the first is filled, the second outlined. The figures
 * stand beside it in words, so it is for the eyes alone.
 */
export function ShareBar({
  wholeMicro,
  settledMicro,
  reservedMicro,
  hasTrack = false,
}: {
  wholeMicro: number;
  settledMicro: number;
  reservedMicro: number;
  /** Shows the whole too. */
  hasTrack?: boolean;
}) {
  const widthOf = (amountMicro: number) => `${Math.min(1, amountMicro / wholeMicro) * 100}%`;
  return (
    <div
      aria-hidden="true"
      className={`mt-2 flex h-2 overflow-hidden rounded-full ${hasTrack ? "bg-lifted" : ""}`}
    >
      {settledMicro > 0 && <span className="bg-muted" style={{ width: widthOf(settledMicro) }} />}
      {reservedMicro > 0 && (
        <span className="border border-line-strong" style={{ width: widthOf(reservedMicro) }} />
      )}
    </div>
  );
}
