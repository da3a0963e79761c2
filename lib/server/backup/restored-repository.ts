import type { Failure } from "@/lib/domain/failure";
import type { Database } from "../db/database";
import type { GenerationRepository } from "../generations/generation-repository";
import { toGeneration } from "../generations/generation-row";

const WAITED: Failure = {
  kind: "restored-waiting",
  title: "Not sent after the restore",
  explanation:
    "It was waiting when the backup was made, and may have been sent and charged after that. So it was not sent again. Look for it in the vendor's console before you order it anew.",
  input: null,
  charged: "unknown",
  advice: "retry",
  raw: null,
};

/** What a restored database needs before anybody works on it. */
export function createRestoredRepository(
  db: Database,
  generations: Pick<GenerationRepository, "applyEvent">,
) {
  return {
    /** Ends orders that wait to be sent, but for those of demo mode, which cost nothing. Answers how many. */
    async closeWaiting(at: number): Promise<number> {
      const rows = await db
        .selectFrom("generations")
        .selectAll()
        .where("state", "=", "queued")
        .where("is_demo", "=", 0)
        .execute();
      for (const row of rows) {
        await generations.applyEvent(toGeneration(row), { type: "refused", at, failure: WAITED });
      }
      return rows.length;
    },
  };
}
