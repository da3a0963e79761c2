import type { Metadata } from "next";
import Link from "next/link";
import { ConnectionList } from "@/components/connections/connection-list";
import { buttonClass } from "@/components/ui/button";
import { paths } from "@/lib/paths";
import { testConnection } from "./actions";
import { loadConnections } from "./load-connections";

export const metadata: Metadata = { title: "Connections", robots: { index: false } };

export default async function ConnectionsPage() {
  const connections = await loadConnections();
  return (
    <main className="mx-auto max-w-3xl px-4 pt-3 pb-16">
      <Link href={paths.studio()} className={`${buttonClass("quiet")} -ml-3`}>
        Back to the studio
      </Link>
      <h1 className="mt-6 font-semibold text-display">Connections</h1>
      <p className="mt-2 max-w-xl text-lead text-muted">
        Where clips are made. A test asks the vendor for real and starts no film: nothing is spent.
      </p>
      <ConnectionList connections={connections} testConnection={testConnection} />
    </main>
  );
}
