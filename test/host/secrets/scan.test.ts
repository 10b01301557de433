import { leaksIn } from "./scan.ts";

const VALUE = 'Pl4nted "Ünï" /secret+';
const secrets = [{ name: "join", value: VALUE }];
const utf16 = Buffer.from(VALUE, "utf16le");

const hidden: readonly (readonly [sentence: string, text: string])[] = [
  ["as it is", `x ${VALUE} y`],
  ["in other letters", VALUE.toUpperCase()],
  ["in JSON", JSON.stringify({ a: VALUE })],
  ["in a URL", `https://x/?p=${encodeURIComponent(VALUE)}`],
  ["as hex", Buffer.from(VALUE).toString("hex")],
  [
    "as hex with dashes, as BitConverter writes it",
    (Buffer.from(VALUE).toString("hex").match(/../g) ?? []).join("-").toUpperCase(),
  ],
  ["as UTF-16", utf16.toString("latin1")],
  ["in base64", Buffer.from(VALUE).toString("base64")],
  ["in base64 of UTF-16, as -EncodedCommand takes it", utf16.toString("base64")],
  ["in base64 behind other bytes", Buffer.from(`abcde${VALUE}`).toString("base64")],
  ["in base64 of base64", Buffer.from(Buffer.from(VALUE).toString("base64")).toString("base64")],
];
for (const [sentence, text] of hidden) {
  test(`a secret is found ${sentence}`, () =>
    expect(leaksIn([{ name: "place", text }], secrets)).toEqual([{ place: "place", secret: "join" }]));
}

test("what is no secret is not found", () => {
  const text = `${VALUE.slice(0, -1)} ${Buffer.from("harmless text that is long").toString("base64")} 0123456789abcdef`;
  expect(leaksIn([{ name: "place", text }], secrets)).toEqual([]);
});
