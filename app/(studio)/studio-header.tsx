"use client";

import Link from "next/link";
import { signOut } from "next-auth/react";
import { Button, buttonClass } from "@/components/ui/button";
import { Popover } from "@/components/ui/popover";
import { ThemeChoice } from "@/components/ui/theme-choice";
import type { ConnectionView } from "@/lib/domain/connection";
import type { StudioView } from "@/lib/domain/studio";
import { paths } from "@/lib/paths";
import { Logo } from "./logo";

export function StudioHeader({
  connection,
  viewer,
  onShowKeys,
}: {
  connection: ConnectionView;
  viewer: StudioView["viewer"];
  onShowKeys: () => void;
}) {
  return (
    <header className="sticky top-0 z-10 flex h-13 items-center gap-3 border-line border-b bg-room px-4 lg:px-4">
      <Logo />
      <ConnectionPill connection={connection} />
      <div className="ml-auto shrink-0">
        <Popover
          label="Menu"
          align="end"
          triggerClassName="relative inline-flex size-8 shrink-0 items-center justify-center rounded-full border border-line-strong bg-raised font-semibold text-small transition-colors before:absolute before:-inset-1.5 hover:bg-lifted"
          trigger={
            <>
              <span aria-hidden="true">{Array.from(viewer.name.trim())[0]?.toUpperCase() ?? "·"}</span>
              <span className="sr-only">Menu</span>
            </>
          }
        >
          <div className="flex w-60 flex-col gap-3">
            <p className="text-small">{viewer.isLocal ? "On this computer, without sign-in" : viewer.name}</p>
            <ThemeChoice />
            <Link href={paths.spend()} className={`${buttonClass()} justify-start!`}>
              Spend
            </Link>
            <Link href={paths.connections()} className={`${buttonClass()} justify-start!`}>
              Connections
            </Link>
            <Button onClick={onShowKeys} className="justify-between!">
              Keys <kbd className="font-mono text-caption text-muted">?</kbd>
            </Button>
            {!viewer.isLocal && (
              <Button onClick={() => void signOut({ callbackUrl: paths.signIn() })}>Sign out</Button>
            )}
          </div>
        </Popover>
      </div>
    </header>
  );
}

/** What stands behind the button: nobody, a test, or a vendor who charges. */
function ConnectionPill({ connection }: { connection: ConnectionView }) {
  if (connection.isDemo) {
    return (
      <p className="rounded-full border border-good-line bg-good px-2.5 py-0.5 text-good-ink text-small">
        Demo mode<span className="max-sm:hidden"> · no key, nothing is charged</span>
      </p>
    );
  }
  return (
    <p className="min-w-0 truncate rounded-full border border-line bg-panel px-2.5 py-0.5 text-muted text-small">
      {connection.isTest ? `No real vendor · ${connection.label}` : connection.label}
    </p>
  );
}
