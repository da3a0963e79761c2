"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { type ConnectionReport, type ConnectionView, placeLabel } from "@/lib/domain/connection";
import type { ConnectionActions } from "@/lib/domain/studio";
import { ConnectionChecks } from "./connection-checks";
import { offerWords } from "./offer-words";

type Props = ConnectionActions & { connections: readonly ConnectionView[] };

export function ConnectionList({ connections, testConnection }: Props) {
  return (
    <ul aria-label="Connections" className="mt-8 space-y-4">
      {connections.map((connection, index) => (
        <li key={connection.id}>
          <ConnectionCard
            connection={connection}
            isFirst={index === 0 && connections.length > 1}
            testConnection={testConnection}
          />
        </li>
      ))}
    </ul>
  );
}

type Test =
  | { state: "untried" }
  | { state: "running" }
  | { state: "answered"; report: ConnectionReport }
  | { state: "unanswered"; message: string };

function ConnectionCard({
  connection,
  isFirst,
  testConnection,
}: ConnectionActions & { connection: ConnectionView; isFirst: boolean }) {
  const [test, setTest] = useState<Test>({ state: "untried" });
  const isRunning = test.state === "running";

  async function run() {
    if (isRunning) return;
    setTest({ state: "running" });
    try {
      const answer = await testConnection({ id: connection.id });
      setTest(
        answer.ok
          ? { state: "answered", report: answer.value }
          : { state: "unanswered", message: answer.error.message },
      );
    } catch {
      setTest({ state: "unanswered", message: "The studio did not answer. Try again." });
    }
  }

  return (
    <section aria-label={connection.label} className="rounded-card border border-line bg-panel p-4">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold text-title">{connection.label}</h2>
          <p className="mt-0.5 text-muted text-small">
            {[...kindWords(connection), isFirst ? "new drafts begin here" : null]
              .filter((part) => part !== null)
              .join(" · ")}
          </p>
        </div>
        <Button aria-disabled={isRunning} onClick={() => void run()}>
          {isRunning ? "Testing" : test.state === "untried" ? "Test" : "Test again"}
        </Button>
      </div>
      {test.state !== "answered" && <p className="mt-3 text-small">{offerWords(connection.place)}</p>}
      <div aria-live="polite">
        {test.state === "answered" && <ConnectionChecks report={test.report} />}
        {test.state === "unanswered" && (
          <p className="mt-4 rounded-control border border-bad-line bg-bad px-3 py-2 text-bad-ink text-small">
            {test.message}
          </p>
        )}
      </div>
    </section>
  );
}

function kindWords({ place, isDemo, isTest }: ConnectionView): string[] {
  const vendor =
    place.vendor === "aimlapi" ? "AI/ML API" : `Alibaba Cloud Model Studio, ${placeLabel(place)}`;
  if (isDemo) return [vendor, "demo mode: the built-in emulator, nothing is charged"];
  return isTest ? [vendor, "points at this machine: no real vendor is behind it"] : [vendor];
}
