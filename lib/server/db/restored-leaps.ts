/** Further than a studio gets between a backup and its restore. */
export const EVENT_ID_LEAP = 1_000_000_000;
export const VERSION_LEAP = 1_000_000;
