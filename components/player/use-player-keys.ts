import { useEffect, useRef } from "react";
import { commandForKey, type PlayerCommand } from "./player-key";

/** Elements to which a key means something of their own. */
const TAKES_ALL_KEYS = "select, textarea, input:not([type=range]), [data-own-keys]";
const TAKES_SPACE = "button, a, summary";

/** The player's keys work wherever the focus is, as long as nothing lies above it. */
export function usePlayerKeys(run: (command: PlayerCommand) => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("dialog[open]")) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.matches(TAKES_ALL_KEYS) || (event.key === " " && target?.matches(TAKES_SPACE))) return;
      const command = commandForKey(event.key);
      if (!command) return;
      event.preventDefault();
      latest.current(command);
    }
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
