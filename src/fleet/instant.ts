/** Whole seconds, the form that the API server stores. */
export function instantText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, "Z");
}
