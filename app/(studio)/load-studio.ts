import "server-only";
import { notFound } from "next/navigation";
import { isAppError } from "@/lib/domain/errors";
import type { GenerationView } from "@/lib/domain/generation";
import type { StudioView } from "@/lib/domain/studio";
import { listConnections } from "@/lib/server/connections/list-connections";
import { findGeneration, listGenerations } from "@/lib/server/generations/list-generations";
import { getServices } from "@/lib/server/services";
import { requireViewer } from "@/lib/server/viewer";

/** All that the studio's first paint needs, for whoever is signed in. */
export async function loadStudio(): Promise<StudioView> {
  const viewer = await requireViewer();
  const services = await getServices();
  return {
    connections: listConnections(services),
    viewer: { id: viewer.ownerId, name: viewer.name, isLocal: viewer.isLocal },
    page: await listGenerations(services.generations, viewer.ownerId, null),
    spend: await services.spend.capsViewOf(viewer.ownerId),
  };
}

/** One generation of the viewer's own; a stranger's is as absent as one that never was. */
export async function loadGeneration(id: string): Promise<GenerationView> {
  const viewer = await requireViewer();
  const { generations } = await getServices();
  try {
    return await findGeneration(generations, viewer.ownerId, id);
  } catch (error) {
    if (isAppError(error) && error.code === "not-found") notFound();
    throw error;
  }
}
