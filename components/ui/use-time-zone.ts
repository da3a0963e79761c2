import { useSyncExternalStore } from "react";

const never = () => () => {};

/** The reader's time zone; UTC while the server draws, and for the browser's first drawing. */
export function useTimeZone(): string {
  return useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => "UTC",
  );
}
