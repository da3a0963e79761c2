"use client";

import { Button, buttonClass } from "@/components/ui/button";
import { paths } from "@/lib/paths";

/** What nobody foresaw. The draft is in the browser's own storage, so nothing written is lost. */
export default function StudioError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-6 text-center">
      <div className="max-w-md">
        <h1 className="font-semibold text-title">Something broke on this page</h1>
        <p className="mt-2 text-lead text-muted">
          Clips on their way go on without it, and your draft is kept. The server's log has the details.
        </p>
      </div>
      <div className="flex gap-2">
        <Button look="primary" onClick={retry}>
          Try again
        </Button>
        <a href={paths.studio()} className={buttonClass()}>
          To the studio
        </a>
      </div>
    </main>
  );
}
