/** The machine-wide lock of scripts: agents run five commands at once, scripts that change something run one at a time, in order of coming. */
import type { Host, Session } from "./host.ts";

interface Waiter {
  readonly entered: () => void;
}

export class MachineLock {
  /** The first of the list holds the lock. A session's end takes its whole queue along. */
  readonly #queues = new WeakMap<Session, Waiter[]>();

  /** Calls `entered` once the lock is held; the returned function leaves it, or the queue. */
  enter({ session }: Host, entered: () => void): () => void {
    if (session === undefined) return () => undefined;
    const queue = this.#queues.get(session) ?? [];
    this.#queues.set(session, queue);
    const waiter: Waiter = { entered };
    queue.push(waiter);
    if (queue.length === 1) entered();
    return () => {
      const index = queue.indexOf(waiter);
      if (index === -1) return;
      queue.splice(index, 1);
      if (index === 0) queue[0]?.entered();
    };
  }
}
