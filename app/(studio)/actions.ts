"use server";

import { z } from "zod";
import { generationEnvelopeSchema, moneySchema } from "@/lib/domain/models/generation-input";
import { defineAction } from "@/lib/server/define-action";
import { cancelGeneration as cancel } from "@/lib/server/generations/cancel-generation";
import { createGeneration as create } from "@/lib/server/generations/create-generation";
import {
  closeUnconfirmed as close,
  dismissFailure as dismiss,
} from "@/lib/server/generations/end-generation";
import { retryGeneration as retry } from "@/lib/server/generations/retry-generation";
import { takeOverTask as takeOver } from "@/lib/server/generations/take-over-task";
import { rememberPerson as remember } from "@/lib/server/people/remember-person";
import { createShare as share } from "@/lib/server/shares/create-share";
import { findShare as find } from "@/lib/server/shares/find-share";
import { revokeShare as revoke } from "@/lib/server/shares/revoke-share";

const id = z.string().max(60);
const generation = z.strictObject({ id });
const shared = z.strictObject({ generationId: id });

export const createGeneration = defineAction(
  generationEnvelopeSchema,
  async (input, { viewer, services }) => {
    await remember(services, viewer);
    return create(services, viewer.ownerId, input);
  },
);

export const retryGeneration = defineAction(
  z.strictObject({ id, shownPrice: moneySchema.nullable() }),
  async (input, { viewer, services }) => {
    await remember(services, viewer);
    return retry(services, viewer.ownerId, input);
  },
);

export const cancelGeneration = defineAction(generation, ({ id }, { viewer, services }) =>
  cancel(services, viewer.ownerId, id),
);

export const closeUnconfirmed = defineAction(generation, ({ id }, { viewer, services }) =>
  close(services, viewer.ownerId, id),
);

export const takeOverTask = defineAction(
  z.strictObject({ id, taskId: z.string().max(200) }),
  (input, { viewer, services }) => takeOver(services, viewer.ownerId, input),
);

export const dismissFailure = defineAction(generation, ({ id }, { viewer, services }) =>
  dismiss(services, viewer.ownerId, id),
);

export const createShare = defineAction(shared, ({ generationId }, { viewer, services }) =>
  share(services, viewer.ownerId, generationId),
);

export const findShare = defineAction(shared, ({ generationId }, { viewer, services }) =>
  find(services, viewer.ownerId, generationId),
);

export const revokeShare = defineAction(
  z.strictObject({ token: z.string().max(100) }),
  ({ token }, { viewer, services }) => revoke(services, viewer.ownerId, token),
);
