import type { GenerationView } from "@/lib/domain/generation";
import type { Money } from "@/lib/domain/money";

/** What a card can ask for; the page says how it is done. */
export type GalleryActions = {
  open: (view: GenerationView) => void;
  reuse: (view: GenerationView) => void;
  share: (view: GenerationView) => void;
  retry: (view: GenerationView) => Promise<void>;
  /** Whether taking it back is still worth a try. */
  offersCancel: (view: GenerationView) => boolean;
  cancel: (view: GenerationView) => Promise<void>;
  closeUnconfirmed: (view: GenerationView) => Promise<void>;
  takeOverTask: (view: GenerationView, taskId: string) => Promise<void>;
  dismiss: (view: GenerationView) => Promise<void>;
  /** What the same again would cost today; null where that is not known. */
  priceOf: (view: GenerationView) => Money | null;
  /** Why the same again may not be ordered now, by the spending caps; null where it may. */
  refuseAgain: (view: GenerationView) => string | null;
};
