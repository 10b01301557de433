/**
 * Makes the vendor's texts fit for conditions: one bounded line without request ids and times, so that it stays equal while the cause stays
 * equal (L1). Never: a decision; texts are for people.
 */
const NOISE: readonly (readonly [RegExp, string])[] = [
  [
    /\s*(Trace ID|Correlation ID|Request ID|Timestamp|client-request-id|request-id)\s*:\s*[0-9a-zA-Z:.+-]+( \d\d:\d\d:\d\dZ?)?/gi,
    "",
  ],
  [/\bhttps:\/\/\S+/gi, "<link>"],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[0-9.Z]*/g, "<time>"],
  // A credential that a careless server repeats.
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, "<token>"],
  [/\s+/g, " "],
];

export function boundedSentence(text: string, lengthMax: number): string {
  const clean = NOISE.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text).trim();
  return clean.length <= lengthMax ? clean : `${clean.slice(0, Math.max(0, lengthMax - 3)).trimEnd()}...`;
}
