import type { Metadata } from "next";
import { buttonClass } from "@/components/ui/button";
import { paths } from "@/lib/paths";

export const metadata: Metadata = { title: "Nothing here", robots: { index: false } };

/** One page for what never was, what is gone and what is not yours: it must not tell which. */
export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-6 text-center">
      <div className="max-w-md">
        <h1 className="font-semibold text-title">There is nothing here</h1>
        <p className="mt-2 text-lead text-muted">
          The address may be mistyped, or its owner has taken the link back.
        </p>
      </div>
      <a href={paths.studio()} className={buttonClass()}>
        To the studio
      </a>
    </main>
  );
}
