/** How loud the last film was; every player of this browser starts with it. */
export type Sound = { volume: number; isMuted: boolean };

const KEY = "firstframe:sound";
const LOUD: Sound = { volume: 1, isMuted: false };

export function readSound(): Sound {
  try {
    const stored: Partial<Sound> = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const { volume, isMuted } = { ...LOUD, ...stored };
    return { volume: Math.min(1, Math.max(0, Number(volume))), isMuted: isMuted === true };
  } catch {
    return LOUD;
  }
}

export function writeSound(sound: Sound): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(sound));
  } catch {
    // Storage may be forbidden; then it is remembered for this page alone.
  }
}
