/**
 * Says that the studio cannot be heard: the page goes on counting, and what it shows may be old. The place is always
 * there, because a screen reader hears what comes into a place that it knew before.
 */
export function SilenceBar({ isHeard }: { isHeard: boolean }) {
  return (
    <div role="status" className="sticky top-13 z-10 -mx-4 -mt-3 mb-3 lg:-mx-5">
      {!isHeard && (
        <p className="border-line border-b bg-raised px-4 py-2 text-small lg:px-5">
          The studio does not answer. Reconnecting…{" "}
          <span className="text-muted">What you see may be old.</span>
        </p>
      )}
    </div>
  );
}
