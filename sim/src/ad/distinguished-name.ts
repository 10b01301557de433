/** Distinguished names as the world compares them: without regard to case or to blanks after commas. Pure. */

export function fold(name: string): string {
  return name.toLowerCase();
}

/** The parts, folded; a comma after a backslash belongs to its part. */
function parts(distinguishedName: string): readonly string[] {
  return fold(distinguishedName)
    .split(/(?<!\\),/)
    .map((part) => part.trim());
}

/** The object itself, then each above it, up to the domain's root; folded. */
export function ancestors(distinguishedName: string): readonly string[] {
  const all = parts(distinguishedName);
  const domainAt = all.findIndex((_part, index) => all.slice(index).every((part) => part.startsWith("dc=")));
  return all.slice(0, domainAt === -1 ? all.length : domainAt + 1).map((_part, index) => all.slice(index).join(","));
}

export function isSame(left: string, right: string): boolean {
  return parts(left).join(",") === parts(right).join(",");
}

/** The object itself counts. */
export function isWithin(distinguishedName: string, container: string): boolean {
  return ancestors(distinguishedName).includes(parts(container).join(","));
}

export function domainRoot(dnsName: string): string {
  return dnsName
    .split(".")
    .map((label) => `DC=${label}`)
    .join(",");
}

/** What the object lies in. */
export function parent(distinguishedName: string): string {
  return distinguishedName.slice(distinguishedName.search(/(?<!\\),/) + 1).trim();
}

/** A value as it stands in a name (RFC 4514, 2.4). */
export function escapedName(value: string): string {
  return value
    .replaceAll(/[\\,+"<>;=]/g, "\\$&")
    .replace(/^[# ]/, "\\$&")
    .replace(/ $/, "\\ ");
}
