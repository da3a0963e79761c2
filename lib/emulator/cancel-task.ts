import type { Caller, EmulatorState } from "./emulator-state";
import { jsonReply } from "./json-reply";
import { findTask } from "./known-task";
import { REQUESTS_PER_SECOND } from "./limits";
import { statusOf } from "./task";
import { rateExceeded, VendorError } from "./vendor-error";

/** POST …/tasks/{id}/cancel: only what still waits can be cancelled. Whatever body comes is ignored: one SDK sends one. */
export async function cancelTask(state: EmulatorState, taskId: string, caller: Caller): Promise<Response> {
  if (!state.rates.take(`cancel ${caller.accountId}`, REQUESTS_PER_SECOND, state.now())) throw rateExceeded();
  const task = await findTask(state, caller, "dashscope", taskId);
  if (!task || statusOf(task, state.now()) !== "PENDING") {
    throw new VendorError(
      "UnsupportedOperation",
      "Failed to cancel the task, please confirm if the task is in PENDING status.",
    );
  }
  await state.tasks.save(task, { cancelledAt: state.now() });
  state.runner.drop(task.id);
  return jsonReply({});
}
