/** What is wrong at a field, in words; it keeps its id, so that the field can name it. */
export function FieldMessage({ id, messages }: { id: string; messages: readonly string[] }) {
  return (
    <div id={id} aria-live="polite">
      {messages.map((message) => (
        <p key={message} className="mt-2 text-bad-ink text-small">
          {message}
        </p>
      ))}
    </div>
  );
}
