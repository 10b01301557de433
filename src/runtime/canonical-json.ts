/** JSON text that is the same for equal values, whatever the order of their keys: for hashes and comparisons. Lists keep their order. Pure. */
export function canonicalJSON(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}
