/**
 * Order of resourceVersions.
 * Comparable since Kubernetes 1.35 (KEP-5504: a decimal number without leading zeros); anything else has no order here.
 */
const DECIMAL = /^(0|[1-9][0-9]*)$/;

/** True or false when both are numbers; undefined when no order exists. */
export function isAtLeast(version: string, wanted: string): boolean | undefined {
  if (!DECIMAL.test(version) || !DECIMAL.test(wanted)) return undefined;
  return BigInt(version) >= BigInt(wanted);
}

/** The newer of two; the second when they have no order (it was seen later). */
export function newerVersion(earlier: string, later: string): string {
  return isAtLeast(earlier, later) === true ? earlier : later;
}
