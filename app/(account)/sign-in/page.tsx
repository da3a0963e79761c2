import type { Metadata } from "next";
import { paths } from "@/lib/paths";
import { SignInButtons } from "./sign-in-buttons";
import { signInMethods } from "./sign-in-methods";

export const metadata: Metadata = { title: "Sign in", robots: { index: false } };

type Props = { searchParams: Promise<{ callbackUrl?: string | string[]; error?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  const { callbackUrl, error } = await searchParams;
  const methods = signInMethods();
  return (
    <main className="flex min-h-dvh items-center justify-center p-6">
      <div className="w-full max-w-xs">
        <h1 className="font-semibold text-display">Firstframe</h1>
        <p className="mt-2 mb-6 text-lead text-muted">Your pictures and clips are behind your sign-in.</p>
        {error !== undefined && (
          <p
            role="alert"
            className="mb-4 rounded-control border border-bad-line bg-bad px-3 py-2 text-bad-ink text-small"
          >
            {error === "AccessDenied"
              ? "This studio does not let this account in. Ask whoever runs it to allow your address, or sign in with another account."
              : "The sign-in did not work. Nothing was changed; try again."}
          </p>
        )}
        <SignInButtons methods={methods} callbackUrl={ownAddress(callbackUrl)} />
      </div>
    </main>
  );
}

/** Only an address of our own: a sign-in must not end on somebody else's page. */
function ownAddress(wanted: string | string[] | undefined): string {
  return typeof wanted === "string" && /^\/(?![/\\])/u.test(wanted) ? wanted : paths.studio();
}
