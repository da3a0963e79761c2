import { formatMoney } from "@/lib/domain/money";
import { type CapUse, leftMicro, PERIOD_WORDS } from "@/lib/domain/spend";
import { ShareBar } from "./share-bar";

/** The caps that the reader's next order meets, and how much of each is used. */
export function CapList({ caps }: { caps: readonly CapUse[] }) {
  return (
    <section aria-label="Caps" className="mt-8">
      <ul className="grid gap-4 sm:grid-cols-2">
        {caps.map((cap) => (
          <li
            key={`${cap.scope} ${cap.period} ${cap.currency}`}
            className="rounded-card border border-line bg-panel p-4"
          >
            <h2 className="text-muted text-small">
              {cap.scope === "person" ? "Your cap" : "Everybody’s cap"} for {PERIOD_WORDS[cap.period]}
            </h2>
            <p className="mt-1 tabular-nums">
              <span className="font-semibold text-title">
                {formatMoney({ amountMicro: leftMicro(cap), currency: cap.currency })}
              </span>{" "}
              left of {formatMoney({ amountMicro: cap.capMicro, currency: cap.currency })}
            </p>
            <ShareBar wholeMicro={cap.capMicro} settledMicro={cap.usedMicro} reservedMicro={0} hasTrack />
            <p className="mt-2 text-muted text-small tabular-nums">
              {formatMoney({ amountMicro: cap.usedMicro, currency: cap.currency })} used, with what is held
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
