/** Dotted versions, compared part by part as numbers; a missing part is 0. Drift upward is never an error: Microsoft updates agents itself. */
export function isVersionAtLeast(version: string, minimum: string | undefined): boolean {
  return minimum === undefined || compareVersions(version, minimum) >= 0;
}

/**
 * Below 0 when `left` is older, for sorting.
 * Not `localeCompare`: its collation tables would cost 3 MB of memory.
 */
export function compareVersions(left: string, right: string): number {
  const [have = [], want = []] = [left, right].map((text) => text.split(".").map(Number));
  for (let part = 0; part < Math.max(have.length, want.length); part += 1) {
    const difference = (have[part] ?? 0) - (want[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
