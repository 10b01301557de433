/** A stream that is fed by hand, as a transport hands it out. Guarantees: an aborted signal ends it with an error; nothing is told after its end. */
export interface Pieces {
  readonly chunks: AsyncIterable<string>;
  push(text: string): void;
  end(): void;
  /** Called once, when the reader has gone or the stream has ended. */
  onClosed(callback: () => void): void;
}

type Ending = { readonly kind: "ended" } | { readonly kind: "failed"; readonly error: Error };

export function pieces(signal: AbortSignal): Pieces {
  const waiting: string[] = [];
  let ending: Ending | undefined;
  let wake = (): void => undefined;
  let closed = (): void => undefined;
  const finish = (how: Ending): void => {
    if (ending !== undefined) return;
    ending = how;
    signal.removeEventListener("abort", abort);
    wake();
    closed();
  };
  const abort = (): void => {
    waiting.length = 0;
    finish({ kind: "failed", error: new Error("aborted") });
  };
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  async function* read(): AsyncGenerator<string> {
    try {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else if (ending?.kind === "failed") throw ending.error;
        else if (ending !== undefined) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      finish({ kind: "ended" });
    }
  }
  return {
    chunks: read(),
    push(text) {
      if (ending !== undefined) return;
      waiting.push(text);
      wake();
    },
    end: () => finish({ kind: "ended" }),
    onClosed(callback) {
      closed = callback;
      if (ending !== undefined) callback();
    },
  };
}
