import { ProviderError, type VideoProvider } from "./provider";

/** When an account may be asked about its tasks. */
export type Pace = {
  /** Waits for a turn; throws a ProviderError where that is too far off, but never for what may be the last try. */
  take(accountId: string, signal: AbortSignal, isLastTry?: boolean): Promise<void>;
  /** The vendor's answer to a query, which may ask the whole account to wait. */
  obey(accountId: string, error: ProviderError): Promise<void>;
};

/**
 * The same provider, whose questions about tasks keep the vendor's limit on queries, for the account as a whole; starts
 * have limits of their own.
 */
export function pacedProvider(provider: VideoProvider, accountId: string, pace: Pace): VideoProvider {
  async function inTurn<Value>(
    ask: () => Promise<Value>,
    signal: AbortSignal,
    isLastTry?: boolean,
  ): Promise<Value> {
    await pace.take(accountId, signal, isLastTry);
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ProviderError) await pace.obey(accountId, error);
      throw error;
    }
  }

  const { check, cancel, list } = provider;
  return {
    ...provider,
    check: (task, signal, isLastTry) => inTurn(() => check(task, signal), signal, isLastTry),
    ...(cancel && { cancel: (task, signal) => inTurn(() => cancel(task, signal), signal) }),
    ...(list && { list: (filter, signal) => inTurn(() => list(filter, signal), signal) }),
  };
}
