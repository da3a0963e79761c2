import type { VideoProvider } from "./provider";

/** Waits until one more query may go out, for the account as a whole. */
export type Pace = (signal: AbortSignal) => Promise<void>;

/** The same provider, whose questions about tasks keep the vendor's limit on queries; starts have limits of their own. */
export function pacedProvider(provider: VideoProvider, pace: Pace): VideoProvider {
  const { check, cancel, list } = provider;
  return {
    ...provider,
    async check(task, signal) {
      await pace(signal);
      return check(task, signal);
    },
    ...(cancel && {
      async cancel(task, signal) {
        await pace(signal);
        return cancel(task, signal);
      },
    }),
    ...(list && {
      async list(filter, signal) {
        await pace(signal);
        return list(filter, signal);
      },
    }),
  };
}
