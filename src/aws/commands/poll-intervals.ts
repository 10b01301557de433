/** The growing intervals between two bounds. Pure. Guarantees: starts at `minMs`, doubles, ends at `maxMs`, which then repeats. */
export function pollIntervals({ minMs, maxMs }: { readonly minMs: number; readonly maxMs: number }): readonly number[] {
  const intervalsMs: number[] = [];
  for (let intervalMs = minMs; intervalMs < maxMs && intervalMs > 0; intervalMs *= 2) intervalsMs.push(intervalMs);
  return [...intervalsMs, maxMs];
}
