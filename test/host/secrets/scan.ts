/**
 * Finds planted secrets in texts, whichever way they were written there.
 * Guarantees: plain, in other letters, JSON- or URL-escaped, as UTF-16, as hex or inside base64 (twice, at most) are all found. Never: prints a secret; a leak names secret and place.
 */
export interface PlantedSecret {
  readonly name: string;
  readonly value: string;
}

export interface Place {
  /** What a person would open to see it. */
  readonly name: string;
  readonly text: string;
}

export interface Leak {
  readonly place: string;
  readonly secret: string;
}

const DECODINGS_MAX = 2;

export function leaksIn(places: Iterable<Place>, secrets: readonly PlantedSecret[]): readonly Leak[] {
  const found: Leak[] = [];
  for (const { name, text } of places) {
    const layers = [...layersOf(text, DECODINGS_MAX)].map((layer) => layer.toLowerCase());
    for (const secret of secrets) {
      const forms = formsOf(secret.value).map((form) => form.toLowerCase());
      if (layers.some((layer) => forms.some((form) => layer.includes(form))))
        found.push({ place: name, secret: secret.name });
    }
  }
  return found;
}

function formsOf(value: string): readonly string[] {
  const utf8 = Buffer.from(value, "utf8");
  const utf16 = Buffer.from(value, "utf16le");
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    utf8.toString("hex"),
    utf16.toString("hex"),
    utf16.toString("latin1"),
    utf8.toString("hex").replaceAll(/(..)(?=.)/g, "$1-"),
  ];
}

/** A text, and what its base64 parts hold, as UTF-8 and as UTF-16. */
function* layersOf(text: string, decodings: number): Generator<string> {
  yield text;
  if (decodings === 0) return;
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{12,}={0,2}/g)) {
    // A value in the middle of a longer one may begin at any of four places.
    for (let offset = 0; offset < 4; offset += 1) {
      const bytes = Buffer.from(run.slice(offset), "base64");
      yield* layersOf(bytes.toString("utf8"), decodings - 1);
      yield bytes.toString("utf16le");
    }
  }
}
