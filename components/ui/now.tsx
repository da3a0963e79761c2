"use client";

import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

const RenderedAtContext = createContext(0);

/** Hands down the instant at which the server drew the page, so that the browser's first drawing says the same. */
export function RenderedAtProvider({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  return <RenderedAtContext value={renderedAt}>{children}</RenderedAtContext>;
}

/** The time, looked at again every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(useContext(RenderedAtContext));
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
