"use client";

import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";
import { Button } from "./button";

export type Toast = { text: string; action?: { label: string; run: () => void } };

type Shown = Toast & { key: number };

const SHOWN_MS = 8000;
const ToastContext = createContext<(toast: Toast) => void>(() => {});

/** Says something once, at the bottom of the screen; the latest takes the place of the one before. */
export function useToast(): (toast: Toast) => void {
  return useContext(ToastContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const lastKey = useRef(0);

  const leaveIn = useCallback((ms: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setShown(null), ms);
  }, []);

  const show = useCallback(
    (toast: Toast) => {
      lastKey.current += 1;
      setShown({ ...toast, key: lastKey.current });
      leaveIn(SHOWN_MS);
    },
    [leaveIn],
  );

  const content = useMemo(() => children, [children]);
  return (
    <ToastContext value={show}>
      {content}
      <div
        role="status"
        className="pointer-events-none fixed inset-x-0 bottom-4 z-50 flex justify-center px-4 max-lg:bottom-52"
      >
        {shown && (
          // biome-ignore lint/a11y/noStaticElementInteractions: it only waits while someone is at it.
          <div
            key={shown.key}
            onPointerEnter={() => clearTimeout(timer.current)}
            onPointerLeave={() => leaveIn(SHOWN_MS)}
            onFocus={() => clearTimeout(timer.current)}
            onBlur={() => leaveIn(SHOWN_MS)}
            className="pointer-events-auto flex max-w-xl items-center gap-3 rounded-card border border-line-strong bg-panel py-2 pr-2 pl-4 text-small shadow-2xl"
          >
            <span className="py-1">{shown.text}</span>
            {shown.action && (
              <Button
                className="text-lamp-ink"
                onClick={() => {
                  shown.action?.run();
                  setShown(null);
                }}
              >
                {shown.action.label}
              </Button>
            )}
            <Button look="quiet" onClick={() => setShown(null)}>
              Close
            </Button>
          </div>
        )}
      </div>
    </ToastContext>
  );
}
