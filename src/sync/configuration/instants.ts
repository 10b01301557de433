/** Instants as the API server stores them: a fraction would be cut and look like a change. Pure. */
export function rfc3339Seconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, "Z");
}
