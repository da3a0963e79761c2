"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, buttonClass } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { GenerationView } from "@/lib/domain/generation";
import type { ShareView } from "@/lib/domain/share";
import type { ActionResult, StudioActions } from "@/lib/domain/studio";
import { paths } from "@/lib/paths";
import { CopyField } from "./copy-field";

/** Makes the clip's link, hands it out and takes it back. */
export function ShareDialog({
  view,
  actions,
  onClose,
}: {
  view: GenerationView;
  actions: Pick<StudioActions, "findShare" | "createShare" | "revokeShare">;
  onClose: () => void;
}) {
  const queryClient = useQueryClient();
  const queryKey = ["share", view.id];
  const keep = (share: ShareView | null) => queryClient.setQueryData(queryKey, share);

  const found = useQuery({
    queryKey,
    queryFn: async () => unwrap(await actions.findShare({ generationId: view.id })),
  });
  const create = useMutation({
    mutationFn: async () => unwrap(await actions.createShare({ generationId: view.id })),
    onSuccess: keep,
  });
  const revoke = useMutation({
    mutationFn: async (share: ShareView) => unwrap(await actions.revokeShare({ token: share.token })),
    onSuccess: () => keep(null),
  });

  const share = found.data ?? null;
  const error = found.error ?? create.error ?? revoke.error;
  return (
    <Dialog title="Share this clip" onClose={onClose}>
      {found.isPending ? (
        <p className="text-muted">Looking for its link.</p>
      ) : share ? (
        <SharedNow share={share} isLeaving={revoke.isPending} onRevoke={() => revoke.mutate(share)} />
      ) : (
        <>
          <p>
            {revoke.isSuccess
              ? "Taken back. The old link leads nowhere from now on."
              : "Whoever has the link can watch the clip, without signing in. They see the clip alone: not your words, not your original files, not your settings."}
          </p>
          <Button
            look="primary"
            disabled={create.isPending}
            onClick={() => {
              revoke.reset();
              create.mutate();
            }}
            className="mt-4"
          >
            {revoke.isSuccess ? "Make a new link" : "Make a link"}
          </Button>
        </>
      )}
      {error && (
        <p role="alert" className="mt-3 text-bad-ink text-small">
          {error.message}
        </p>
      )}
    </Dialog>
  );
}

function SharedNow({
  share,
  isLeaving,
  onRevoke,
}: {
  share: ShareView;
  isLeaving: boolean;
  onRevoke: () => void;
}) {
  const url = new URL(paths.sharePage(share.token), window.location.origin).href;
  return (
    <>
      <p>Whoever has this link can watch the clip.</p>
      <CopyField value={url} label="Link to the clip" />
      <div className="mt-4 flex flex-wrap justify-between gap-2">
        <Button look="danger" disabled={isLeaving} onClick={onRevoke}>
          Take it back
        </Button>
        <a href={url} target="_blank" rel="noreferrer" className={buttonClass()}>
          Open
        </a>
      </div>
    </>
  );
}

function unwrap<Value>(result: ActionResult<Value>): Value {
  if (result.ok) return result.value;
  throw new Error(result.error.message);
}
