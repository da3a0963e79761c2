"use client";

import { type ReactNode, useEffect, useId, useRef } from "react";

const GAP_PX = 6;
const EDGE_PX = 8;

/** Closes the panel that the element stands in: what it offered was chosen. */
export function closePopover(element: Element): void {
  element.closest<HTMLElement>("[popover]")?.hidePopover?.();
}

/** A button and the panel it opens. The browser closes it on Escape and outside presses, and gives the focus back. */
export function Popover({
  trigger,
  label,
  triggerClassName,
  align = "start",
  children,
}: {
  trigger: ReactNode;
  /** The name of the panel, and of the button where its content says too little. */
  label: string;
  triggerClassName: string;
  align?: "start" | "end";
  children: ReactNode;
}) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);

  // React keeps autoFocus to itself; as an attribute the browser reads it whenever the panel opens.
  useEffect(() => {
    panel.current?.querySelector("[data-autofocus]")?.setAttribute("autofocus", "");
  }, []);

  function place() {
    if (!button.current || !panel.current) return;
    const anchor = button.current.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel.current;
    const wantedLeft = align === "start" ? anchor.left : anchor.right - width;
    const left = Math.max(EDGE_PX, Math.min(wantedLeft, window.innerWidth - width - EDGE_PX));
    const below = anchor.bottom + GAP_PX;
    const hasRoomBelow = below + height <= window.innerHeight - EDGE_PX;
    const top = hasRoomBelow ? below : Math.max(EDGE_PX, anchor.top - GAP_PX - height);
    panel.current.style.left = `${left}px`;
    panel.current.style.top = `${top}px`;
    panel.current.style.opacity = "1";
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-haspopup="dialog"
        className={triggerClassName}
      >
        {trigger}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        // It can be measured only once it is open: until then it is there, but not seen.
        onBeforeToggle={(event) => {
          if (event.newState === "open" && panel.current) panel.current.style.opacity = "0";
        }}
        onToggle={(event) => {
          if (event.newState === "open") place();
        }}
        className="fixed m-0 max-h-[min(80dvh,640px)] max-w-[calc(100vw-16px)] overflow-y-auto overscroll-contain rounded-card border border-line bg-panel p-3 text-ink shadow-2xl"
      >
        {children}
      </div>
    </>
  );
}
