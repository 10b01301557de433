/** Comparison of distinguished names by their text: case and spaces around commas do not count (RFC 4514; AD compares without case). Pure. */

export function canonicalDN(name: string): string {
  return name
    .split(/(?<!\\),/)
    .map((part) => part.trim().replace(/\s*=\s*/, "="))
    .join(",")
    .toLowerCase();
}

/** Whether `name` is one of the containers or lies below one. */
export function isInside(name: string, containers: readonly string[]): boolean {
  const path = canonicalDN(name);
  return containers.map(canonicalDN).some((container) => path === container || path.endsWith(`,${container}`));
}
