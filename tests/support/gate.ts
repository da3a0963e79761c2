/** Something that a test waits for until it opens it. */
export type Gate = { open: () => void; opened: Promise<void> };

export function newGate(): Gate {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
