/**
 * The longest piece that texts have in common, so that a template can hold it once. Pure.
 * Guarantees: before + piece + after is the text again, character for character; a piece shorter than {@link PIECE_CHARACTERS_MIN} is none.
 * Documents are compared string by string of their JSON (between `","`), so that what differs inside a line of a script does not matter.
 */
const SEPARATOR = '","';
/** Below that a template is easier to read without. */
export const PIECE_CHARACTERS_MIN = 2_048;

export interface Split {
  readonly before: string;
  readonly after: string;
}

/** `undefined` when the texts have nothing long in common. */
export function sharedPiece(texts: readonly string[]): string | undefined {
  const [first, ...others] = texts.map((text) => text.split(SEPARATOR));
  if (first === undefined || others.length === 0) return undefined;
  // The first and last string of a document carry its own braces: a piece lies strictly inside.
  const run = others.reduce<readonly string[]>(
    (common, tokens) => longestRun(common, tokens.slice(1, -1)),
    first.slice(1, -1),
  );
  const piece = run.join(SEPARATOR);
  return piece.length < PIECE_CHARACTERS_MIN ? undefined : piece;
}

export function splitAt(text: string, piece: string): Split {
  const start = text.indexOf(piece);
  if (start < 0) throw new Error("a text does not hold the piece that it shares");
  return { before: text.slice(0, start), after: text.slice(start + piece.length) };
}

/** Longest run of equal neighbours: one row of the table of common suffix lengths at a time. */
function longestRun(left: readonly string[], right: readonly string[]): readonly string[] {
  let lengths: readonly number[] = [];
  let best = { end: 0, length: 0 };
  for (const [index, token] of left.entries()) {
    const previous = lengths;
    lengths = right.map((other, at) => (other === token ? (previous[at - 1] ?? 0) + 1 : 0));
    const length = Math.max(0, ...lengths);
    if (length > best.length) best = { end: index + 1, length };
  }
  return left.slice(best.end - best.length, best.end);
}
