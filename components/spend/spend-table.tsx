import { useId } from "react";
import { type Currency, decimalsOf, formatMoney } from "@/lib/domain/money";
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
  const money = (amountMicro: number) => formatMoney({ amountMicro, currency }, decimals);
  const longestMicro = Math.max(
    ...lines.map(({ settledMicro, reservedMicro }) => settledMicro + reservedMicro),
  );
  return (
    <div>
      <h3 id={id} className="font-semibold text-body">
        {title}
      </h3>
      <table aria-labelledby={id} className="mt-1 w-full border-collapse text-small">
        <thead className="text-muted">
          <tr>
            <th scope="col" className="w-2/5 py-1.5 text-left font-normal sm:w-1/4">
              {heading}
            </th>
            <td className="max-sm:hidden" />
            <th scope="col" className={`${NUMBER_CELL} font-normal`}>
              Clips
            </th>
            <th scope="col" className={`${NUMBER_CELL} font-normal`}>
              Charged
            </th>
            <th scope="col" className={`${NUMBER_CELL} font-normal`}>
              Held
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ key, label, clipCount, settledMicro, reservedMicro }) => (
            <tr key={key} className="border-line border-t">
              <th scope="row" className="break-words py-1.5 text-left align-baseline font-normal">
                {label}
              </th>
              <td className="w-full pl-4 align-middle max-sm:hidden">
                <div className="-mt-2">
                  <ShareBar
                    wholeMicro={longestMicro}
                    settledMicro={settledMicro}
                    reservedMicro={reservedMicro}
                  />
                </div>
              </td>
              <td className={NUMBER_CELL}>{clipCount}</td>
              <td className={NUMBER_CELL}>{money(settledMicro)}</td>
              <td className={`${NUMBER_CELL} ${reservedMicro === 0 ? "text-muted" : ""}`}>
                {money(reservedMicro)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
