import { type DatabasePlace, openTestDatabase } from "../support/test-database";

/** How often each kind of event stands in the history of a studio that has been stopped. */
export async function countEvents(place: DatabasePlace): Promise<Record<string, number>> {
  const { db, close } = await openTestDatabase(place);
  try {
    const rows = await db
      .selectFrom("generation_events")
      .groupBy("type")
      .select(({ fn }) => ["type", fn.countAll().as("count")])
      .execute();
    return Object.fromEntries(rows.map(({ type, count }) => [type, Number(count)]));
  } finally {
    await close();
  }
}
