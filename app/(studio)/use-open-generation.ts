import { usePathname } from "next/navigation";
import { useCallback, useEffect, useRef } from "react";
import { paths } from "@/lib/paths";

const ADDRESS = new RegExp(`^${paths.generation("([^/]+)")}$`, "u");

export type OpenGeneration = {
  id: string | null;
  open: (id: string) => void;
  close: () => void;
};

/**
 * Which generation is open stands in the address, and in the address alone. Opening changes it without asking the
 * server: the gallery keeps its place, the browser's Back closes the player, and a reload opens it again.
 */
export function useOpenGeneration(): OpenGeneration {
  const id = ADDRESS.exec(usePathname() ?? "")?.[1] ?? null;
  const wasOpenedHere = useRef(false);

  useEffect(() => {
    if (id === null) wasOpenedHere.current = false;
  }, [id]);

  const open = useCallback((wanted: string) => {
    wasOpenedHere.current = true;
    window.history.pushState(null, "", paths.generation(wanted));
  }, []);

  const close = useCallback(() => {
    if (wasOpenedHere.current) window.history.back();
    else window.history.pushState(null, "", paths.studio());
  }, []);

  return { id, open, close };
}
