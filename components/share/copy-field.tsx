"use client";

import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";

type Copied = "not-yet" | "copied" | "by-hand";

const WORDS: Record<Copied, string> = {
  "not-yet": "",
  copied: "Copied.",
  "by-hand": "This browser does not let pages copy. The link is selected: copy it with Ctrl or ⌘ + C.",
};

/** A text to take along; where the browser forbids copying, it is selected for copying by hand. */
export function CopyField({ value, label }: { value: string; label: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<Copied>("not-yet");

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setCopied("copied");
    } catch {
      field.current?.select();
      setCopied("by-hand");
    }
  }

  return (
    <div className="mt-3">
      <div className="flex gap-2">
        <input
          ref={field}
          readOnly
          value={value}
          aria-label={label}
          onFocus={(event) => event.target.select()}
          className="min-h-8 min-w-0 flex-1 rounded-control border border-line-strong bg-raised px-3 text-small pointer-coarse:min-h-11"
        />
        <Button look="primary" onClick={() => void copy()}>
          Copy
        </Button>
      </div>
      <p role="status" className="mt-1.5 min-h-[18px] text-muted text-small">
        {WORDS[copied]}
      </p>
    </div>
  );
}
