/** How much of a text field is used; past the limit it says so in the colour of a refusal, too. */
export function Counter({ id, count, max }: { id: string; count: number; max: number }) {
  return (
    <span id={id} className={`text-caption tabular-nums ${count > max ? "text-bad-ink" : "text-muted"}`}>
      {count} / {max}
      <span className="sr-only"> characters</span>
    </span>
  );
}
