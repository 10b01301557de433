/**
 * The only source of time and chance in the product.
 * Guarantees: every wait takes a clock, so a simulation can replace time as a whole; a cancelled wait leaves no timer.
 * Never: keeps state between calls, lets a timer hold the process open.
 */
export interface Clock {
  /** Wall time in milliseconds since the epoch; only for what people or the outside read. */
  nowMs(): number;
  /** Monotonic milliseconds from an arbitrary start; for ages, deadlines and back-off. */
  monotonicMs(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels it. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** Uniform numbers in [0, 1): jitter only, never identity. */
export type Dice = () => number;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, Math.max(0, delayMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const systemDice: Dice = () => Math.random();

/** Waits `delayMs`. Resolves early, without an error, when `signal` is aborted: the caller asks the signal. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      cancel();
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const cancel = clock.schedule(delayMs, finish);
    signal.addEventListener("abort", finish, { once: true });
  });
}

/** An abort reason of its own, so that a deadline is told apart from a shutdown. */
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
  }
}

/** Runs `work` with a signal that aborts with {@link DeadlineExceeded} after `timeoutMs`, or with the parent's reason. */
export async function withDeadline<Result>(
  clock: Clock,
  timeoutMs: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const cancel = clock.schedule(timeoutMs, () => controller.abort(new DeadlineExceeded(timeoutMs)));
  const follow = (): void => controller.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener("abort", follow, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    cancel();
    parent.removeEventListener("abort", follow);
  }
}
