"use client";

import { signIn } from "next-auth/react";
import { useState, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";

export function SignInButtons({
  methods,
  callbackUrl,
}: {
  methods: readonly { id: string; name: string }[];
  callbackUrl: string;
}) {
  const [chosenId, setChosenId] = useState<string | null>(null);
  // A press before the page's script has arrived would be lost without a word.
  const isLive = useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  );
  return (
    <ul className="flex flex-col gap-2">
      {methods.map(({ id, name }) => (
        <li key={id}>
          <Button
            disabled={!isLive || chosenId !== null}
            onClick={() => {
              setChosenId(id);
              void signIn(id, { callbackUrl });
            }}
            className="min-h-11 w-full text-body!"
          >
            {chosenId === id ? `Going to ${name}` : `Sign in with ${name}`}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function neverChanges(): () => void {
  return () => {};
}
