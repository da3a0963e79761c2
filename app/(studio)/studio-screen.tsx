"use client";

import { type CSSProperties, useEffect, useRef, useState } from "react";
import { Composer } from "@/components/composer/composer";
import { PageDrop } from "@/components/composer/page-drop";
import { useCaps } from "@/components/composer/use-caps";
import { useComposer } from "@/components/composer/use-composer";
import { EmptyGallery } from "@/components/gallery/empty-gallery";
import { Gallery } from "@/components/gallery/gallery";
import { GenerationCard } from "@/components/gallery/generation-card";
import { KeyList } from "@/components/gallery/key-list";
import { LiveRegion } from "@/components/gallery/live-region";
import { QueuePlacesProvider } from "@/components/gallery/queue-places";
import { SilenceBar } from "@/components/gallery/silence-bar";
import { useLiveGenerations } from "@/components/gallery/use-live-generations";
import { useOlderGenerations } from "@/components/gallery/use-older-generations";
import { PlayerScreen } from "@/components/player/player-screen";
import { ShareDialog } from "@/components/share/share-dialog";
import { useToast } from "@/components/ui/toast";
import type { ErrorView } from "@/lib/domain/errors";
import type { GenerationView } from "@/lib/domain/generation";
import { lookOf } from "@/lib/domain/generation-status";
import { formatUsualWait, usualWait, waitKindOf } from "@/lib/domain/usual-wait";
import { paths } from "@/lib/paths";
import type { StudioProps } from "./studio";
import { StudioHeader } from "./studio-header";
import { useGenerationActions } from "./use-generation-actions";
import { useOpenGeneration } from "./use-open-generation";
import { useQuestionMark } from "./use-question-mark";

/** Puts composer, gallery, player and sharing together; each knows only itself. */
export function StudioScreen({ studio, opened, actions }: Omit<StudioProps, "renderedAt">) {
  const { viewer } = studio;

  const toast = useToast();
  const address = useOpenGeneration();
  const live = useLiveGenerations(withOpened(studio.page, opened), viewer.id);
  const older = useOlderGenerations(studio.page.nextBefore, live.add);
  const [sharedId, setSharedId] = useState<string | null>(null);
  const [showsKeys, setShowsKeys] = useQuestionMark();

  const { caps, refresh: refreshCaps } = useCaps(viewer.id, studio.spend, live.generations);
  const noteRefusal = ({ code }: ErrorView) => {
    if (code === "over-cap") refreshCaps();
  };

  const composer = useComposer({
    viewerKey: viewer.id,
    connections: studio.connections,
    caps,
    generations: live.generations,
    createGeneration: actions.createGeneration,
    onCreated: (generation) => live.add([generation]),
    onRefused: noteRefusal,
  });

  const { connection } = composer;

  const galleryActions = useGenerationActions({
    actions,
    connections: studio.connections,
    caps,
    onRefused: noteRefusal,
    add: live.add,
    open: ({ id }) => address.open(id),
    share: ({ id }) => setSharedId(id),
    onPutAway: ({ id }) => {
      if (address.id === id) address.close();
    },
    reuse: (view) => {
      if (!composer.reuse(view)) {
        toast({ text: `${view.modelLabel} is no longer offered here.` });
        return;
      }
      if (address.id !== null) address.close();
      toast({ text: "Its settings are in the form now.", action: { label: "Undo", run: composer.undo } });
    },
  });

  const shown = live.generations.filter(({ isDismissed }) => !isDismissed);
  const openView = live.generations.find(({ id }) => id === address.id);
  const sharedView = live.generations.find(({ id }) => id === sharedId);
  useMissingOpenView(address.id, openView);
  useFocusBack(address.id);

  const draft = composer.state.draft.parameters;
  const usualForDraft = usualWait(live.generations, {
    connectionId: connection.id,
    modelId: composer.model.id,
    resolution: draft.resolution,
    durationSeconds: draft.durationSeconds,
  });
  const usualForOpen = openView ? usualWait(live.generations, waitKindOf(openView)) : null;

  return (
    <PageDrop composer={composer}>
      {(drop) => (
        <>
          <div data-studio inert={openView !== undefined}>
            <StudioHeader connection={connection} viewer={viewer} onShowKeys={() => setShowsKeys(true)} />
            <div className="lg:grid lg:grid-cols-[360px_minmax(0,1fr)] xl:grid-cols-[440px_minmax(0,1fr)]">
              <Composer
                composer={composer}
                drop={drop}
                usualWait={usualForDraft && formatUsualWait(usualForDraft)}
              />
              <main className="min-w-0 px-4 pt-3 pb-60 lg:px-5 lg:pb-10">
                <h1 className="sr-only">Your clips</h1>
                <SilenceBar isHeard={live.isConnected} />
                {shown.length === 0 && !older.hasMore ? (
                  <EmptyGallery onChoose={() => drop.choose("firstFrame")} />
                ) : (
                  <QueuePlacesProvider generations={live.generations}>
                    <Gallery generations={shown} older={older} actions={galleryActions} />
                  </QueuePlacesProvider>
                )}
              </main>
            </div>
          </div>
          {openView && (
            <PlayerScreen
              view={openView}
              pending={
                <article {...pendingPlace(openView)}>
                  <GenerationCard
                    view={openView}
                    actions={galleryActions}
                    tabIndex={0}
                    isPreviewing={false}
                    usualSeconds={usualForOpen?.highSeconds ?? null}
                    usualWords={usualForOpen && formatUsualWait(usualForOpen)}
                  />
                </article>
              }
              onClose={address.close}
              onShare={() => setSharedId(openView.id)}
              onReuse={() => galleryActions.reuse(openView)}
            />
          )}
          {sharedView && (
            <ShareDialog view={sharedView} actions={actions} onClose={() => setSharedId(null)} />
          )}
          {showsKeys && <KeyList onClose={() => setShowsKeys(false)} />}
          <LiveRegion generations={live.generations} />
        </>
      )}
    </PageDrop>
  );
}

function withOpened(page: StudioProps["studio"]["page"], opened: GenerationView | null) {
  return opened ? { ...page, generations: [...page.generations, opened] } : page;
}

/** What is still to come has the shape of the film; what only speaks has the width of words. */
function pendingPlace(view: GenerationView): { className: string; style?: CSSProperties } {
  if (lookOf(view) !== "in-flight") return { className: "w-full max-w-xl" };
  const { width, height } = view.predictedSize ?? { width: 16, height: 9 };
  return {
    className: "max-w-full max-lg:w-full lg:h-full",
    style: { aspectRatio: `${width} / ${height}` },
  };
}

/** The browser's Forward can lead to a generation that is not in the list any more: the server knows it. */
function useMissingOpenView(id: string | null, view: GenerationView | undefined) {
  const isMissing = id !== null && view === undefined;
  useEffect(() => {
    if (isMissing && id !== null) window.location.assign(paths.generation(id));
  }, [isMissing, id]);
}

/** When the player closes, its card has the focus again. */
function useFocusBack(openId: string | null) {
  const lastOpenId = useRef(openId);
  useEffect(() => {
    const closedId = openId === null ? lastOpenId.current : null;
    lastOpenId.current = openId;
    if (closedId === null) return;
    document
      .querySelector<HTMLElement>(`[data-generation="${CSS.escape(closedId)}"]`)
      ?.focus({ preventScroll: true });
  }, [openId]);
}
