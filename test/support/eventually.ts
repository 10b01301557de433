/**
 * Polls until a fact holds, against a deadline.
 * Guarantees: the failure message shows the last observed state; the deadline is real time (the API server's clock is real).
 * Never: waits a fixed time and hopes.
 */
import { inspect } from "node:util";

export interface EventuallyOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Calls `observe` until `isDone` accepts what it returns, and returns that.
 * An error thrown by `observe` counts as "not yet" and is shown if it is the last thing seen.
 */
export async function eventually<T>(
  sentence: string,
  observe: () => T | Promise<T>,
  isDone: (observed: T) => boolean,
  { timeoutMs = 15_000, intervalMs = 50 }: EventuallyOptions = {},
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  let last: unknown = "(nothing observed)";
  for (;;) {
    try {
      const observed = await observe();
      last = observed;
      if (isDone(observed)) return observed;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadlineMs) break;
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
  throw new Error(`not within ${timeoutMs} ms: ${sentence}\nlast observed: ${inspect(last, { depth: 8 })}`);
}
