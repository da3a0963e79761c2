import type { Clock } from "@/lib/server/clock";
import type { PeopleRepository } from "./people-repository";

/** Keeps what a signed-in person is called, before they order: the operator reads the spend by name. */
export async function rememberPerson(
  desk: { people: PeopleRepository; clock: Clock },
  { ownerId, name, isLocal }: { ownerId: string; name: string; isLocal: boolean },
): Promise<void> {
  if (!isLocal) await desk.people.remember({ id: ownerId, name }, desk.clock.now());
}
