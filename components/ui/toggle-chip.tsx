/** A switch that says its own state in a word. */
export function ToggleChip({
  label,
  isOn,
  onChange,
}: {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      onClick={() => onChange(!isOn)}
      className="inline-flex min-h-8 items-center gap-2 rounded-control border border-line bg-panel px-3 text-small transition-colors hover:bg-raised pointer-coarse:min-h-11"
    >
      {label}
      <span aria-hidden="true" className={`text-caption ${isOn ? "text-lamp-ink" : "text-muted"}`}>
        {isOn ? "on" : "off"}
      </span>
    </button>
  );
}
