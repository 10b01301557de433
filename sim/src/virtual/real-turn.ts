/** The machine's own event loop, taken before it is replaced: one turn of it lets every microtask and tick of an event run. */
const nextTurn = setImmediate;

export function settled(): Promise<void> {
  return new Promise((resolve) => {
    nextTurn(resolve);
  });
}
