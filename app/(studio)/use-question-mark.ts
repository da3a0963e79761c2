import { useEffect, useState } from "react";

/** `?` opens the list of keys, but not while words are being written. */
export function useQuestionMark(): [isOpen: boolean, setOpen: (isOpen: boolean) => void] {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const isWriting =
        event.target instanceof HTMLElement && event.target.closest("input, textarea, select");
      if (event.key === "?" && !isWriting) setOpen(true);
    }
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return [isOpen, setOpen];
}
