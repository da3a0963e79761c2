import { findModel } from "./limits";
import type { Task } from "./task";

/** The keys of the task's model, and no others. (API references, "usage".) */
export function usageOf({ film, model }: Task): object {
  if (!film) return {};
  const { durationSeconds, clipSeconds, hasSound } = film;
  const SR = Number.parseInt(film.resolution, 10);
  // The clip's seconds come back in the film and are billed with it.
  const parts = {
    duration: durationSeconds,
    input_video_duration: clipSeconds,
    output_video_duration: durationSeconds - clipSeconds,
    video_count: 1,
    SR,
  };
  switch (findModel(model, null)?.usage) {
    case "parts-and-audio":
      return { ...parts, audio: hasSound };
    case "plain":
      return { duration: durationSeconds, SR, video_count: 1 };
    case "ratio":
      return { video_duration: durationSeconds, video_ratio: "standard", video_count: 1 };
    case "length":
      return { video_duration: durationSeconds, video_count: 1, SR };
    default:
      return parts;
  }
}
