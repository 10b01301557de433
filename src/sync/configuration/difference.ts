/** One way in which Entra differs from the declaration, as a person reads it in status.drift. Never: a secret value (S9). */
export interface Difference {
  readonly path: string;
  readonly wanted?: string;
  readonly found?: string;
}

export const DIFFERENCES_SHOWN_MAX = 20;
const TEXT_LENGTH_MAX = 256;

export function difference(path: string, wanted: string | undefined, found: string | undefined): Difference {
  return {
    path: path.slice(0, TEXT_LENGTH_MAX),
    ...(wanted === undefined ? {} : { wanted: wanted.slice(0, TEXT_LENGTH_MAX) }),
    ...(found === undefined ? {} : { found: found.slice(0, TEXT_LENGTH_MAX) }),
  };
}
