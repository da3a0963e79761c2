import { checkGeneration } from "./check-generation";
import type { Generation } from "./generation";
import { saveGeneration } from "./save-generation";
import { settleGeneration } from "./settle-generation";
import { submitGeneration } from "./submit-generation";
import type { Workshop } from "./workshop";
import { startOfUnknownFate } from "./workshop-failures";

/**
 * One step of a leased generation: at most one call to the vendor that matters, and one event. Whatever happens in
 * between, the row can be advanced again from where it stands.
 */
export async function advanceGeneration(workshop: Workshop, generation: Generation): Promise<void> {
  switch (generation.state) {
    case "queued":
      return submitGeneration(workshop, generation);
    case "submitting":
      // Whoever held this row died between writing the intent and learning the answer.
      await workshop.generations.applyEvent(generation, startOfUnknownFate(workshop.clock.now(), null));
      return;
    case "running":
      return checkGeneration(workshop, generation);
    case "saving":
      return saveGeneration(workshop, generation);
    case "unconfirmed":
      return settleGeneration(workshop, generation);
    case "succeeded":
    case "failed":
    case "cancelled":
      return;
  }
}
