/**
 * Wildcards of IAM, compiled once: `*` any text, `?` one character.
 * @see IAM User Guide, "IAM JSON policy elements: Resource" and "Condition operators" (StringLike, ArnLike)
 */
export type Matcher = (value: string) => boolean;

/** A text pattern: the wildcard goes over anything. `isCaseIgnored` for actions. */
export function textPattern(pattern: string, { isCaseIgnored = false } = {}): Matcher {
  if (pattern === "*") return () => true;
  if (!isCaseIgnored && !hasWildcard(pattern)) return (value) => value === pattern;
  return expression(translated(pattern, ".*", "."), isCaseIgnored ? "is" : "s");
}

/**
 * The Resource element: a `*` at the end of a segment may go on over colons, one inside a segment may not
 * ("Using wildcards in resource ARNs"). A lone `*` is every resource.
 */
export function resourcePattern(pattern: string): Matcher {
  if (pattern === "*") return () => true;
  if (!hasWildcard(pattern)) return (value) => value === pattern;
  const segments = pattern.split(":").map((segment) => {
    const inner = translated(segment.replace(/\*+$/, ""), "[^:]*", "[^:]");
    return segment.endsWith("*") ? `${inner}.*` : inner;
  });
  return expression(segments.join(":"), "s");
}

/** ArnLike and ArnEquals, which are the same: each of the six parts of an ARN is compared for itself. */
export function arnPattern(pattern: string): Matcher {
  const wanted = arnParts(pattern).map((part) => textPattern(part));
  return (value) => {
    const parts = arnParts(value);
    return parts.length === 6 && wanted.length === 6 && wanted.every((matches, index) => matches(parts[index] ?? ""));
  };
}

/** The sixth part is the rest, colons included. */
function arnParts(arn: string): readonly string[] {
  const parts = arn.split(":");
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function hasWildcard(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

function translated(pattern: string, anyText: string, oneCharacter: string): string {
  return pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("?", oneCharacter)
    .replace(/\*+/g, anyText);
}

function expression(source: string, flags: string): Matcher {
  const compiled = new RegExp(`^${source}$`, flags);
  return (value) => compiled.test(value);
}
