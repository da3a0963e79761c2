import { useId } from "react";
import { type Currency, decimalsOf, formatMoney } from "@/lib/domain/money";
import { SPEND_WORDS } from "@/lib/domain/spend";
import type { SpendLine } from "@/lib/domain/spend-report";
import { ShareBar } from "./share-bar";

const NUMBER_CELL = "whitespace-nowrap py-1.5 pl-4 text-right align-baseline tabular-nums";

/** Lines with their clips and sums; all bars of a table are on the scale of its longest. */
export function SpendTable({
  title,
  heading,
  lines,
  currency,
}: {
  title: string;
  heading: string;
  lines: readonly SpendLine[];
  currency: Currency;
}) {
  const id = useId();
  const decimals = decimalsOf(
    lines.flatMap(({ settledMicro, reservedMicro }) => [settledMicro, reservedMicro]),
  );
  const money = (amountMicro: number) =>
    amountMicro === 0 ? <Nothing /> : formatMoney({ amountMicro, currency }, decimals);
  const longestMicro = Math.max(
    ...lines.map(({ settledMicro, reservedMicro }) => settledMicro + reservedMicro),
  );
  return (
    <div>
      <h3 id={id} className="font-semibold text-body">
        {title}
      </h3>
      <table aria-labelledby={id} className="mt-1 w-full border-collapse text-small sm:table-fixed">
        <thead className="text-muted">
          <tr>
            <th scope="col" className="py-1.5 text-left font-normal sm:w-[30%]">
              {heading}
            </th>
            <td className="max-sm:hidden" />
            <th scope="col" className={`${NUMBER_CELL} font-normal sm:w-16`}>
              Clips
            </th>
            <th scope="col" className={`${NUMBER_CELL} font-normal sm:w-28`}>
              {SPEND_WORDS.settled}
            </th>
            <th scope="col" className={`${NUMBER_CELL} font-normal sm:w-28`}>
              {SPEND_WORDS.reserved}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ key, label, clipCount, settledMicro, reservedMicro }) => (
            <tr key={key} className="border-line border-t">
              <th scope="row" className="wrap-anywhere py-1.5 text-left align-baseline font-normal">
                {label}
              </th>
              <td className="pl-4 align-middle max-sm:hidden">
                <div className="-mt-2">
                  <ShareBar
                    wholeMicro={longestMicro}
                    settledMicro={settledMicro}
                    reservedMicro={reservedMicro}
                  />
                </div>
              </td>
              <td className={NUMBER_CELL}>{clipCount.toLocaleString("en")}</td>
              <td className={NUMBER_CELL}>{money(settledMicro)}</td>
              <td className={NUMBER_CELL}>{money(reservedMicro)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Nothing() {
  return (
    <>
      <span aria-hidden="true" className="text-muted">
        –
      </span>
      <span className="sr-only">nothing</span>
    </>
  );
}
