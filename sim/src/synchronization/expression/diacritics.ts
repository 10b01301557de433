/** NormalizeDiacritics: the table of the vendor's page, by Unicode decomposition and the letters that have none. Pure. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ["æ", "ae"],
  ["Æ", "AE"],
  ["ø", "oe"],
  ["Ø", "OE"],
  ["œ", "oe"],
  ["Œ", "OE"],
  ["ß", "ss"],
  ["ł", "l"],
  ["Ł", "L"],
  ["ı", "i"],
]);

export function withoutDiacritics(text: string): string {
  const bare = text.normalize("NFD").replaceAll(/\p{M}/gu, "");
  return Array.from(bare, (letter) => LETTERS.get(letter) ?? letter).join("");
}
