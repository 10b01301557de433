import { clauseHolds, OPERATORS } from "./operators.ts";
import { readSchema, SchemaProblem } from "./read-schema.ts";
import { GROUP_PROVISIONING, templateSchema } from "./template.ts";

const template = () =>
  structuredClone(templateSchema(GROUP_PROVISIONING, "corp.example.com")) as Record<string, unknown>;
interface MappingDocument {
  readonly attributeMappings: {
    source: { name: string; parameters: readonly unknown[] };
    flowType: string;
    targetAttributeName: string | null;
  }[];
  scope: { groups: readonly unknown[] };
}
const firstMapping = (document: Record<string, unknown>): MappingDocument => {
  const { synchronizationRules } = document as { synchronizationRules: { objectMappings: MappingDocument[] }[] };
  return synchronizationRules[0]!.objectMappings[0]!;
};

test("the default schema has the mappings of the vendor's table, one join key and the built-in filter", () => {
  const [rule] = readSchema(template()).rules;
  const mapping = rule?.objectMappings[0];
  expect(mapping?.attributeMappings.map(({ target }) => target)).toEqual([
    "adminDescription",
    "cn",
    "description",
    "displayName",
    "isSecurityGroup",
    "member",
    "msDS-ExternalDirectoryObjectId",
    "objectGUID",
    "parentDistinguishedName",
    "UniversalScope",
  ]);
  expect(
    mapping?.attributeMappings.filter(({ matchingPriority }) => matchingPriority > 0).map(({ target }) => target),
  ).toEqual(["msDS-ExternalDirectoryObjectId"]);
  expect(mapping?.attributeMappings.find(({ target }) => target === "parentDistinguishedName")).toMatchObject({
    source: undefined,
    defaultValue: "CN=Users,DC=corp,DC=example,DC=com",
  });
  expect(
    mapping?.scope.inputFilterGroups[0]?.clauses.map(
      ({ sourceOperandName, operatorName }) => `${sourceOperandName} ${operatorName}`,
    ),
  ).toEqual(["securityEnabled IS TRUE", "dirSyncEnabled IS FALSE", "mailEnabled IS FALSE"]);
});

const changes: readonly (readonly [sentence: string, change: (mapping: MappingDocument) => void, words: string])[] = [
  ["an unknown function", (one) => (one.attributeMappings[1]!.source.name = "Concat"), "Concat"],
  ["a function without its parameters", (one) => (one.attributeMappings[1]!.source.parameters = []), "source"],
  ["an unknown flow type", (one) => (one.attributeMappings[0]!.flowType = "Sometimes"), "Sometimes"],
  [
    "an unknown operator",
    (one) => (one.scope.groups = [{ name: "x", clauses: [{ sourceOperandName: "a", operatorName: "LIKE" }] }]),
    "LIKE",
  ],
  ["a target without a name", (one) => (one.attributeMappings[0]!.targetAttributeName = null), "targetAttributeName"],
];
for (const [sentence, change, words] of changes) {
  test(`${sentence} is refused`, () => {
    const document = template();
    change(firstMapping(document));
    expect(() => readSchema(document)).toThrow(SchemaProblem);
    expect(() => readSchema(document)).toThrow(words);
  });
}

test("two mappings with one target pass: the service does not guard", () => {
  const document = template();
  const mapping = firstMapping(document);
  mapping.attributeMappings.push(mapping.attributeMappings[1]!);
  expect(readSchema(document).rules[0]?.objectMappings[0]?.attributeMappings).toHaveLength(11);
});

const rows: readonly (readonly [operator: string, attribute: string | null, operand: string, holds: boolean])[] = [
  ["EQUALS", "Sales", "Sales", true],
  ["EQUALS", "sales", "Sales", false],
  ["NOT EQUALS", null, "Sales", false],
  ["REGEX MATCH", "AD-sales", "^AD-.*", true],
  ["REGEX MATCH", "ad-sales", "^AD-.*", false],
  ["NOT REGEX MATCH", "", "^AD-.*", false],
  ["NOT REGEX MATCH", "x", "^AD-.*", true],
  ["IS NULL", null, "", true],
  ["IS NULL", "x", "", false],
  ["IS NOT NULL", "", "", false],
  ["IS TRUE", "True", "", true],
  ["IS FALSE", "False", "", true],
  ["GREATER_THAN", "10", "9", true],
  ["GREATER_THAN_OR_EQUALS", "nine", "9", false],
  ["INCLUDES", "sg-sales-japan", "sales", true],
];
for (const [operatorName, attribute, operand, holds] of rows) {
  test(`${attribute ?? "null"} ${operatorName} ${operand} is ${holds}`, () => {
    expect(clauseHolds({ sourceOperandName: "a", operatorName, values: [operand] }, attribute)).toBe(holds);
  });
}

test("every operator that is offered is tried above", () => {
  expect(new Set(rows.map(([name]) => name))).toEqual(new Set(OPERATORS.map(({ name }) => name)));
});
