import { PIECE_CHARACTERS_MIN, sharedPiece, splitAt } from "./shared-text.ts";

const lines = (count: number, word: string): string[] =>
  Array.from({ length: count }, (_, index) => `${word} ${index}`);
const document = (...parts: readonly string[][]): string => JSON.stringify({ runCommand: parts.flat(), end: true });
const PRELUDE = lines(400, "function Get-Something");

test("what all texts share is found wherever it stands, and each text is whole again around it", () => {
  const texts = [
    document(PRELUDE, lines(3, "join")),
    document(lines(2, "header"), PRELUDE, lines(9, "install")),
    document(lines(1, "x"), PRELUDE, lines(1, "probe")),
  ];
  const piece = sharedPiece(texts) ?? "";
  expect(piece.split('","')).toEqual(PRELUDE.slice(piece.startsWith("function Get-Something 0") ? 0 : 1));
  for (const text of texts) {
    const { before, after } = splitAt(text, piece);
    expect(before + piece + after).toBe(text);
    expect(before.length + after.length).toBeLessThan(text.length - piece.length + 1);
  }
});

test("texts with little in common share nothing", () => {
  expect(sharedPiece([document(lines(5, "a")), document(lines(5, "b"))])).toBeUndefined();
  expect(sharedPiece([document(lines(3, "same")), document(lines(3, "same"))])).toBeUndefined();
  expect(sharedPiece([document(PRELUDE)])).toBeUndefined();
  expect(document(lines(3, "same")).length).toBeLessThan(PIECE_CHARACTERS_MIN);
});
