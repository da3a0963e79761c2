"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";
import { Button } from "@/components/ui/button";

export function SignInButtons({
  methods,
  callbackUrl,
}: {
  methods: readonly { id: string; name: string }[];
  callbackUrl: string;
}) {
  const [chosenId, setChosenId] = useState<string | null>(null);
  return (
    <ul className="flex flex-col gap-2">
      {methods.map(({ id, name }) => (
        <li key={id}>
          <Button
            disabled={chosenId !== null}
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
