import { evaluate } from "./evaluate.ts";
import { parseAnswer } from "./parse-answer.ts";
import { parseExpression } from "./parse.ts";
import { constant, DROPPED, type Value } from "./source.ts";

const OBJECT: Readonly<Record<string, Value>> = {
  displayName: "  sg-sales-japan ",
  objectId: "0f2c7a1e-3d0b-4a53-9d8e-0b6a4c9e1f11",
  empty: "",
  many: ["a", "b", "b"],
  phone: "+91 9998887777",
};
const value = (expression: string) => evaluate(parseExpression(expression), (name) => OBJECT[name] ?? null);

const rows: readonly (readonly [expression: string, expected: Value])[] = [
  ['Append(Append(Left(Trim([displayName]),51),"_"),Mid([objectId],25,12))', "sg-sales-japan_0b6a4c9e1f11"],
  ["Left(Trim([description]),448)", ""],
  ['Left("abc", -1)', "abc"],
  ['Switch(Left(Trim([displayName]),2),"OU=Default","NA","OU=NA","sg","OU=SG")', "OU=SG"],
  ['Switch(Left(Trim([displayName]),2),"OU=Default","SG","OU=SG")', "OU=Default"],
  ['Switch([nothing], "x", "", "empty")', "empty"],
  ['Switch([displayName], , "a", "b")', null],
  ['IIF(IsPresent([GroupDN]),"there","default")', "default"],
  ['IIF([objectId]="x","yes","no")', "no"],
  ['IIF([nothing]<>"x","yes","no")', "no"],
  ['IIF(Count([many])>2,"many","few")', "many"],
  ["Not(IsNullOrEmpty([empty]))", "False"],
  ["ToUpper(StripSpaces([displayName]))", "SG-SALES-JAPAN"],
  ['Item(Split("john.doe@contoso.com","@"),1)', "john.doe"],
  ['Join("-", "x", [many], [nothing], "y")', "x-a-b-b-y"],
  ["RemoveDuplicates([many])", ["a", "b"]],
  ['Word("This,string!has&many separators",3,",!&#")', "has"],
  ['Word("one",2," ")', ""],
  ['NormalizeDiacritics("Zoë Łódź Straße")', "Zoe Lodz Strasse"],
  ['Replace("EN-US", "-", , , "_", , )', "EN_US"],
  ['Replace([phone], , "\\\\+(?<isdCode>\\\\d* )(?<phoneNumber>\\\\d{10})", , "${phoneNumber}", , )', "9998887777"],
  ['Replace("545 Tremont Street", ,"(?<streetNumber>^\\\\d*)","streetNumber", "888", , )', "888 Tremont Street"],
  ['Replace("jsmith","<username>", , , , , "<username>@contoso.com")', "jsmith@contoso.com"],
  ['Replace([nothing], , "(?<n>\\\\d{10})", "n" , , [phone], )', "9998887777"],
  ['Coalesce([nothing],[objectId],"default")', OBJECT["objectId"] ?? null],
  ['InStr("repEated","e",3,vbBinaryCompare)', "7"],
  ['ConvertToUTF8Hex("Hello world!")', "48656C6C6F20776F726C6421"],
  ['ConvertToBase64("Hello world!")', "SABlAGwAbABvACAAdwBvAHIAbABkACEA"],
  ['"a \\"quoted\\" backslash \\\\"', 'a "quoted" backslash \\'],
];
for (const [expression, expected] of rows) {
  test(`${expression} is ${JSON.stringify(expected)}`, () => expect(value(expression)).toEqual(expected));
}

test("IgnoreFlowIfNullOrEmpty takes an empty attribute out of the flow, and passes another", () => {
  expect(value("IgnoreFlowIfNullOrEmpty(Trim([empty]))")).toBe(DROPPED);
  expect(value('IgnoreFlowIfNullOrEmpty("x")')).toBe("x");
});

test("the tree has the vendor's shape: keys of parameters, quoted numbers, arguments left empty left out", () => {
  const mid = parseExpression("Mid([userPrincipalName], 1, 8)");
  expect(mid).toEqual({
    type: "Function",
    name: "Mid",
    expression: "Mid([userPrincipalName], 1, 8)",
    parameters: [
      {
        key: "source",
        value: { type: "Attribute", name: "userPrincipalName", expression: "[userPrincipalName]", parameters: [] },
      },
      { key: "start", value: constant("1") },
      { key: "length", value: { type: "Constant", name: "8", expression: '"8"', parameters: [] } },
    ],
  });
  const replace = parseExpression('Replace([preferredLanguage], "-", , , "_", ,  )');
  expect(replace.parameters.map(({ key }) => key)).toEqual(["source", "Find", "Replacement"]);
});

const bad: readonly (readonly [expression: string, word: string])[] = [
  ["append([a],[b])", "append"],
  ["Append([a])", "suffix"],
  ["Append([a],[b],[c])", "3"],
  ["Append([a],[b]", "not closed"],
  ['Append([a],"b)', "not closed"],
  ["Append([a,[b])", "unexpected"],
  ['Switch([a],"d","k")', "pairs"],
  ["", "empty"],
  ['Append([a],"b") x', "unexpected"],
];
for (const [expression, word] of bad) {
  test(`${expression || "nothing"} is refused with a sentence`, () => {
    const answer = parseAnswer(expression, undefined);
    expect(answer).toMatchObject({ parsingSucceeded: false, parsedExpression: null, evaluationSucceeded: false });
    expect(answer.error?.message).toContain(word);
  });
}

test("an answer evaluates the test object, and says what cannot be evaluated", () => {
  const input = { definition: null, properties: [{ key: "city", value: "Redmond" }] };
  expect(parseAnswer("ToLower([city])", input)).toMatchObject({
    parsingSucceeded: true,
    evaluationSucceeded: true,
    evaluationResult: ["redmond"],
    error: null,
  });
  expect(parseAnswer('Left([city],"x")', input)).toMatchObject({
    parsingSucceeded: true,
    evaluationSucceeded: false,
    error: { code: "ExpressionEvaluationError" },
  });
});
