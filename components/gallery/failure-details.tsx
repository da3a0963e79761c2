"use client";

import { Dialog } from "@/components/ui/dialog";
import type { Failure } from "@/lib/domain/failure";

const CHARGED_WORDS: Record<Failure["charged"], string> = {
  no: "Nothing was charged",
  yes: "It was charged",
  unknown: "Not known; the vendor's bill tells",
};

/** The vendor's own words, for whoever has to ask there. */
export function FailureDetails({ failure, onClose }: { failure: Failure; onClose: () => void }) {
  const { raw } = failure;
  return (
    <Dialog title={failure.title} onClose={onClose}>
      <p className="text-small">{failure.explanation}</p>
      <dl className="mt-4 space-y-3 text-small">
        <Entry term="Charged">{CHARGED_WORDS[failure.charged]}</Entry>
        {raw && (
          <>
            <Entry term="The vendor's code" isCode>
              {raw.code}
            </Entry>
            <Entry term="The vendor's words" isCode>
              {raw.message}
            </Entry>
            {raw.requestId !== null && (
              <Entry term="Request id" isCode>
                {raw.requestId}
              </Entry>
            )}
          </>
        )}
        {failure.candidates?.map(({ taskId }, index) => (
          <Entry key={taskId} term={`The vendor's task ${index + 1}`} isCode>
            {taskId}
          </Entry>
        ))}
      </dl>
    </Dialog>
  );
}

function Entry({ term, isCode = false, children }: { term: string; isCode?: boolean; children: string }) {
  return (
    <div>
      <dt className="text-muted">{term}</dt>
      <dd className={isCode ? "select-all break-words font-mono text-caption" : ""}>{children}</dd>
    </div>
  );
}
