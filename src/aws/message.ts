/**
 * Makes provider texts fit for conditions: one bounded line without request ids, encoded blobs or session names, so that it stays equal
 * while the cause stays equal (L1). Never: a decision; texts are for people.
 */
const NOISE: readonly (readonly [RegExp, string])[] = [
  // EC2 appends a blob for sts:DecodeAuthorizationMessage; it differs on every call.
  [/\s*Encoded authorization failure message:\s*\S+/gi, ""],
  [/\s*\(?(Service: [^;]*; Status Code: \d+; )?Request ?ID:?\s*[0-9a-z-]+[^)\s]*\)?/gi, ""],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "<id>"],
  // The session part of an assumed role's ARN changes with every session.
  [/(assumed-role\/[^/\s]+)\/[^\s:,]+/g, "$1"],
  [/\s+/g, " "],
];

export function boundedSentence(text: string, lengthMax: number): string {
  const clean = NOISE.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text).trim();
  return clean.length <= lengthMax ? clean : `${clean.slice(0, Math.max(0, lengthMax - 3)).trimEnd()}...`;
}
