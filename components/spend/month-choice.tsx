import Link from "next/link";
import { buttonClass } from "@/components/ui/button";
import { monthFrom, monthLabel } from "@/lib/domain/calendar-month";
import { paths } from "@/lib/paths";

/** The month in view, and the ways to the one before and the one after; nothing is known of the future. */
export function MonthChoice({ month, thisMonth }: { month: string; thisMonth: string }) {
  const before = monthFrom(month, -1);
  const after = monthFrom(month, 1);
  return (
    <div className="mt-8 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <h2 className="font-semibold text-title">{monthLabel(month)}</h2>
      <nav aria-label="Month" className="flex gap-2">
        <Link href={paths.spend(before)} className={buttonClass()}>
          {monthLabel(before)}
        </Link>
        {after <= thisMonth && (
          <Link href={paths.spend(after === thisMonth ? undefined : after)} className={buttonClass()}>
            {monthLabel(after)}
          </Link>
        )}
      </nav>
    </div>
  );
}
