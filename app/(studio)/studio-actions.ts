import type { StudioActions } from "@/lib/domain/studio";
import {
  cancelGeneration,
  closeUnconfirmed,
  createGeneration,
  createShare,
  dismissFailure,
  findShare,
  retryGeneration,
  revokeShare,
  takeOverTask,
} from "./actions";

/** The server's actions in the shape that the components take. */
export const studioActions: StudioActions = {
  createGeneration,
  retryGeneration,
  cancelGeneration,
  closeUnconfirmed,
  takeOverTask,
  dismissFailure,
  createShare,
  findShare,
  revokeShare,
};
