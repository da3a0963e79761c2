"use client";

import { useId } from "react";
import type { ConnectionView } from "@/lib/domain/connection";
import { formatMoney, type Money } from "@/lib/domain/money";
import { type CapUse, leftMicro, PERIOD_WORDS } from "@/lib/domain/spend";
import { chargeWords } from "./charge-words";
import type { SubmitReason } from "./submit-reasons";

/** The next thing to do, with its price on it; where it cannot be done, every reason why. */
export function GenerateBar({
  connection,
  price,
  usualWait,
  tightCap,
  reasons,
  doubt,
  refusal,
  isSending,
  isJustSent,
  isBrief,
}: {
  connection: ConnectionView;
  price: Money | null;
  /** `usually 2–4 min`; null without a history. */
  usualWait: string | null;
  /** Said quietly under the button; null while there is enough left. */
  tightCap: CapUse | null;
  reasons: readonly SubmitReason[];
  /** What may not work and is worth trying. */
  doubt: string | null;
  /** What the server refused and no field stands for. */
  refusal: string | null;
  isSending: boolean;
  /** It was ordered a moment ago, as it stands. */
  isJustSent: boolean;
  /** On a narrow screen the closed sheet leaves the terms out, as an open one does while there are reasons. */
  isBrief: boolean;
}) {
  const id = useId();
  const isBlocked = reasons.length > 0;
  // What the server just refused, the form may say by itself now.
  const isSaid = reasons.some(({ message }) => message === refusal);
  return (
    <div>
      {/* A screen reader hears what comes into a place that it knew before. */}
      <div role="alert">
        {refusal && !isSaid && (
          <p className="mb-3 rounded-control border border-bad-line bg-bad px-3 py-2 text-bad-ink text-small">
            {refusal}
          </p>
        )}
      </div>
      <p role="status" className="sr-only">
        {isJustSent ? "Sent" : ""}
      </p>
      <button
        type="submit"
        aria-disabled={isBlocked || isJustSent}
        aria-describedby={`${id}-reasons ${id}-doubt ${id}-cap ${id}-terms`}
        className={`flex min-h-12 w-full items-center justify-between gap-4 rounded-card px-4 text-left transition-colors ${
          isBlocked
            ? "cursor-not-allowed border border-line bg-raised text-muted"
            : isJustSent
              ? "cursor-default! border border-good-line bg-good text-good-ink"
              : "bg-lamp text-on-lamp hover:bg-lamp-hover"
        }`}
      >
        <span className="font-semibold text-lead">
          {isJustSent ? "Sent" : isSending ? "Sending" : "Generate"}
        </span>
        <PriceTag price={price} isDemo={connection.isDemo} />
      </button>
      <ul
        id={`${id}-reasons`}
        aria-label="Why it cannot be sent yet"
        className={isBlocked ? "mt-2 space-y-1" : "hidden"}
      >
        {reasons.map(({ message }) => (
          <li key={message} className="text-small text-ink">
            {message}
          </li>
        ))}
      </ul>
      {doubt && !isBlocked && (
        <p id={`${id}-doubt`} className={`mt-2 text-muted text-small ${isBrief ? "max-lg:hidden" : ""}`}>
          {doubt}
        </p>
      )}
      {tightCap && (
        <p
          id={`${id}-cap`}
          className={`mt-2 text-muted text-small tabular-nums ${isBrief ? "max-lg:hidden" : ""}`}
        >
          {leftWords(tightCap)}
        </p>
      )}
      <div
        className={`mt-2 flex items-center justify-between gap-3 text-muted text-small ${isBrief || isBlocked ? "max-lg:hidden" : ""}`}
      >
        <span id={`${id}-terms`} className="text-balance">
          {[usualWait, chargeWords(connection)].filter((part) => part !== null).join(" · ")}
        </span>
        <kbd className="hidden shrink-0 rounded-control border border-line px-1.5 font-mono text-caption lg:pointer-fine:inline">
          Ctrl ↵
        </kbd>
      </div>
    </div>
  );
}

function leftWords(cap: CapUse): string {
  const { scope, period, currency, capMicro } = cap;
  const left = formatMoney({ amountMicro: leftMicro(cap), currency });
  const whole = formatMoney({ amountMicro: capMicro, currency });
  return `${left} of ${scope === "person" ? "your" : "the studio's"} ${whole} is left for ${PERIOD_WORDS[period]}`;
}

function PriceTag({ price, isDemo }: { price: Money | null; isDemo: boolean }) {
  if (!price) return <span className="text-small">price unknown</span>;
  return (
    <span className="flex items-baseline gap-1.5 tabular-nums">
      {isDemo && <span className="text-small">would cost</span>}
      <span className="font-semibold text-lead">{formatMoney(price)}</span>
    </span>
  );
}
