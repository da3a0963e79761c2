import type { Failure } from "@/lib/domain/failure";
import { GENERATION_STATES, isTerminal } from "@/lib/domain/generation";
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

const UNDER_WAY = GENERATION_STATES.filter((state) => !isTerminal(state));

/** What a restored database needs before anybody works on it. */
export function createRestoredRepository(
  db: Database,
  generations: Pick<GenerationRepository, "applyEvent">,
) {
  return {
    /**
     * Sees to it that nothing which was under way in the backup is paid for once more: what waits to be sent is closed,
     * and what may be at a vendor is marked, so that it is followed to its end but never sent again. Demo mode goes on as
     * it was, since it costs nothing. Answers how many were closed; what was done once may be done again.
     */
    async holdBack(at: number): Promise<number> {
      const rows = await db
        .selectFrom("generations")
        .selectAll()
        .where("state", "=", "queued")
        .where("is_demo", "=", 0)
        .execute();
      for (const row of rows) {
        await generations.applyEvent(toGeneration(row), { type: "refused", at, failure: WAITED });
      }
      await db
        .updateTable("generations")
        .set({ restored_at: at })
        .where("state", "in", UNDER_WAY)
        .where("is_demo", "=", 0)
        .execute();
      return rows.length;
    },
  };
}
