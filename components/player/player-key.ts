export type PlayerCommand =
  | { type: "toggle-play" }
  | { type: "step-frames"; frames: number }
  | { type: "to-edge"; edge: "first" | "last" }
  | { type: "toggle-loop" }
  | { type: "toggle-mute" }
  | { type: "toggle-fullscreen" };

const FRAMES_IN_A_SECOND_STEP = 30;

const COMMANDS: Record<string, PlayerCommand> = {
  " ": { type: "toggle-play" },
  k: { type: "toggle-play" },
  arrowleft: { type: "step-frames", frames: -FRAMES_IN_A_SECOND_STEP },
  arrowright: { type: "step-frames", frames: FRAMES_IN_A_SECOND_STEP },
  ",": { type: "step-frames", frames: -1 },
  ".": { type: "step-frames", frames: 1 },
  home: { type: "to-edge", edge: "first" },
  end: { type: "to-edge", edge: "last" },
  l: { type: "toggle-loop" },
  m: { type: "toggle-mute" },
  f: { type: "toggle-fullscreen" },
};

/** What a key asks of the player; null for a key that is not the player's. */
export function commandForKey(key: string): PlayerCommand | null {
  return COMMANDS[key.toLowerCase()] ?? null;
}
