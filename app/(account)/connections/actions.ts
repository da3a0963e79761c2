"use server";

import { z } from "zod";
import { testConnection as test } from "@/lib/server/connections/test-connection";
import { defineAction } from "@/lib/server/define-action";

export const testConnection = defineAction(
  z.strictObject({ id: z.string().max(100) }),
  ({ id }, { viewer, services }) => test(services, viewer.ownerId, id),
);
