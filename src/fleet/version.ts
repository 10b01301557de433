/** Dotted versions, compared part by part as numbers; a missing part is 0. Drift upward is never an error: Microsoft updates agents itself. */
export function isVersionAtLeast(version: string, minimum: string | undefined): boolean {
  if (minimum === undefined) return true;
  const [have, want] = [version, minimum].map((text) => text.split(".").map(Number));
  for (let part = 0; part < Math.max(have?.length ?? 0, want?.length ?? 0); part += 1) {
    const difference = (have?.[part] ?? 0) - (want?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
