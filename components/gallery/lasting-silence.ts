/** A stream that is cut and comes back at once is nothing to speak of. */
const GRACE_MS = 5000;

/**
 * Tells of a silence once it has lasted, and at once of its end. A browser reports each attempt that fails, every few
 * seconds: the silence is as old as the first of them.
 */
export function createLastingSilence(onHeard: (isHeard: boolean) => void) {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  function end() {
    clearTimeout(waiting);
    waiting = undefined;
  }
  return {
    note(isHeard: boolean) {
      if (isHeard) {
        end();
        onHeard(true);
      } else {
        waiting ??= setTimeout(() => onHeard(false), GRACE_MS);
      }
    },
    end,
  };
}
