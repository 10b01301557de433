/**
 * Which build this is. The bundler replaces the constant; from sources it says so.
 */
export interface BuildFacts {
  readonly version: string;
  readonly commit: string;
}

declare global {
  // Replaced as text by tools/build/bundle.ts.
  var CLOUDSYNC_BUILD: BuildFacts | undefined;
}

export function buildFacts(): BuildFacts {
  return globalThis.CLOUDSYNC_BUILD ?? { version: "0.0.0-sources", commit: "sources" };
}
