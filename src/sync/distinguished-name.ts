/**
 * Distinguished names, compared as AD does: attribute and value without case, spaces around separators ignored, escapes kept whole.
 * Source: RFC 4514; AD compares these syntaxes without case.
 */

/** The name of the container, or `undefined` for a name of one part. */
export function parentOf(distinguishedName: string): string | undefined {
  const [, ...parents] = partsOf(distinguishedName);
  return parents.length === 0 ? undefined : parents.join(",");
}

export function isSameName(a: string, b: string): boolean {
  return canonicalDN(a) === canonicalDN(b);
}

/** Whether `name` is one of the containers or lies below one. */
export function isInside(name: string, containers: readonly string[]): boolean {
  const path = canonicalDN(name);
  return containers.map(canonicalDN).some((container) => path === container || path.endsWith(`,${container}`));
}

/** The same text for names that AD takes for the same. */
export function canonicalDN(distinguishedName: string): string {
  return partsOf(distinguishedName)
    .map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? part.trim() : `${part.slice(0, at).trim()}=${part.slice(at + 1).trim()}`;
    })
    .join(",")
    .toLowerCase();
}

/** Splits at commas that no backslash escapes. */
function partsOf(distinguishedName: string): readonly string[] {
  return distinguishedName.match(/(\\.|[^,\\])+/gs)?.map((part) => part.trim()) ?? [];
}
