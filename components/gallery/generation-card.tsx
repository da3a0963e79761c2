"use client";

import { type ComponentType, memo } from "react";
import type { GenerationView } from "@/lib/domain/generation";
import { type GenerationLook, lookOf } from "@/lib/domain/generation-status";
import { ClipCard } from "./clip-card";
import { FailureCard } from "./failure-card";
import type { GalleryActions } from "./gallery-actions";
import { InFlightCard } from "./in-flight-card";
import { UndecidedCard } from "./undecided-card";
import { WithdrawnCard } from "./withdrawn-card";

export type CardProps = {
  view: GenerationView;
  actions: GalleryActions;
  /** Its own buttons are in the tab order only while it is the gallery's current card. */
  tabIndex: 0 | -1;
  isPreviewing: boolean;
  /** From our own history: how long it usually takes to the slow end, s. */
  usualSeconds: number | null;
  usualWords: string | null;
};

const CARDS: Record<GenerationLook, ComponentType<CardProps>> = {
  clip: ClipCard,
  "in-flight": InFlightCard,
  undecided: UndecidedCard,
  failure: FailureCard,
  withdrawn: WithdrawnCard,
};

/** Remembered, because every look at the provider draws the gallery again. */
export const GenerationCard = memo(function GenerationCard(props: CardProps) {
  const Card = CARDS[lookOf(props.view)];
  return <Card {...props} />;
});
