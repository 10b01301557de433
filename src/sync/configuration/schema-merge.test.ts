import fc from "fast-check";
import { defaultSchema } from "../../controllers/configuration/testing/default-schema.ts";
import { aConfiguration } from "../testing.ts";
import type { JsonObject, JsonValue, ParsedExpression } from "../../entra/schema/port.ts";
import { canonicalSchema, schemaHash } from "./canonical-schema.ts";
import { textIn } from "./json.ts";
import { variantOf, type ConnectorProfile } from "./connector.ts";
import { expressionsOf, mergeSchema, type SchemaMerge, type WantedSchema } from "./schema-merge.ts";
import { viewSchema } from "./schema-view.ts";

const OU = "OU=EntraGroups,DC=corp,DC=example,DC=com";
const profile = ((): ConnectorProfile => {
  const variant = variantOf(aConfiguration());
  if (variant.kind !== "EntraToAD") throw new Error("another connector");
  return variant.profile;
})();
const wanted = (over: Partial<WantedSchema> = {}): WantedSchema => ({
  container: { kind: "constant", distinguishedName: OU },
  mappings: [],
  filters: [],
  ownedFilters: [],
  ...over,
});
const parse = (expression: string): ParsedExpression => ({
  kind: "parsed",
  source: { type: expression.startsWith('"') ? "Constant" : "Function", name: "Append", expression, parameters: [] },
});

const operators = [
  { name: "EQUALS", arity: "Binary" },
  { name: "IS NULL", arity: "Unary" },
];

function merge(schema: JsonObject, want: WantedSchema): SchemaMerge {
  const reading = viewSchema(schema, profile);
  if (reading.kind !== "viewed") throw new Error(reading.message);
  const parsed = new Map(expressionsOf(want).map((text) => [text, parse(text)]));
  return mergeSchema(reading.view, want, { parsed, operators }, profile);
}
function merged(schema: JsonObject, want: WantedSchema): JsonObject {
  const answer = merge(schema, want);
  return answer.kind === "different" ? answer.schema : schema;
}

type Rule = {
  objectMappings: {
    scope: { groups: JsonObject[]; inputFilterGroups: JsonObject[] };
    attributeMappings: JsonObject[];
  }[];
};
const mappingOf = (schema: JsonObject) => (schema["synchronizationRules"] as unknown as Rule[])[0]!.objectMappings[0]!;
const withMappings = (change: (list: JsonObject[]) => JsonObject[], schema = defaultSchema()): JsonObject => {
  const copy = structuredClone(schema);
  const mapping = mappingOf(copy);
  mapping.attributeMappings = change(mapping.attributeMappings);
  return copy;
};

const anyWanted: fc.Arbitrary<WantedSchema> = fc.record({
  container: fc.oneof(
    fc.record({ kind: fc.constant("constant" as const), distinguishedName: fc.constantFrom(OU, `OU=Sub,${OU}`) }),
    fc.constant({
      kind: "expression" as const,
      expression: `Switch([displayName], "${OU}", "a", "OU=A,${OU}")`,
      fallback: OU,
    }),
  ),
  mappings: fc.uniqueArray(
    fc.record({
      target: fc.constantFrom("cn", "info", "displayName"),
      expression: fc.constantFrom('Append("a",[b])', "Trim([c])"),
    }),
    { selector: ({ target }) => target, maxLength: 3 },
  ),
  filters: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom("one", "two"),
      clauses: fc.constant([{ attribute: "displayName", operator: "EQUALS", values: ["x"] }]),
    }),
    { selector: ({ name }) => name, maxLength: 2 },
  ),
  ownedFilters: fc.constantFrom([], ["one"], ["one", "two"]),
});

test("merging twice changes nothing", () => {
  fc.assert(
    fc.property(anyWanted, anyWanted, (first, second) => {
      const once = merged(merged(defaultSchema(), first), second);
      return merge(once, second).kind === "equal";
    }),
    { numRuns: 300 },
  );
});

test("what is not declared goes back byte for byte, in its place", () => {
  fc.assert(
    fc.property(anyWanted, (want) => {
      const before = defaultSchema();
      const after = merged(before, want);
      const own = new Set(["parentdistinguishedname", ...want.mappings.map(({ target }) => target.toLowerCase())]);
      const others = (schema: JsonObject) =>
        JSON.stringify(
          mappingOf(schema).attributeMappings.filter(
            (one) => !own.has(textIn(one, "targetAttributeName").toLowerCase()),
          ),
        );
      const rest = ({ synchronizationRules: _rules, ...schema }: JsonObject) => JSON.stringify(schema);
      return (
        others(before) === others(after) &&
        rest(before) === rest(after) &&
        JSON.stringify(mappingOf(before).scope.inputFilterGroups) ===
          JSON.stringify(mappingOf(after).scope.inputFilterGroups)
      );
    }),
    { numRuns: 300 },
  );
});

test("order of mappings, version, annotations and null against absent make no difference; a rule's content does", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 }), (seed) => {
      const shuffled = withMappings((list) => [...list].sort((a, b) => hashOf(a, seed) - hashOf(b, seed)));
      const spelled = {
        ...withMappings(
          (list) =>
            list.map(({ defaultValue, ...one }) =>
              defaultValue === null ? { ...one, "@odata.type": "x" } : { ...one, defaultValue: defaultValue ?? "" },
            ),
          shuffled,
        ),
        version: `v${seed}`,
      };
      return (
        canonicalSchema(spelled) === canonicalSchema(defaultSchema()) &&
        schemaHash(spelled) === schemaHash(defaultSchema())
      );
    }),
  );
  const changed = withMappings((list) => list.map((one) => ({ ...one, flowType: "ObjectAddOnly" })));
  expect(schemaHash(changed)).not.toBe(schemaHash(defaultSchema()));
});

function hashOf(value: JsonValue, seed: number): number {
  let sum = seed;
  for (const letter of JSON.stringify(value)) sum = (sum * 31 + letter.charCodeAt(0) + seed) % 100_003;
  return sum;
}

test("a constant container keeps the shape that stands there", () => {
  const quoted = withMappings((list) =>
    list.map((one) =>
      one["targetAttributeName"] === "parentDistinguishedName"
        ? {
            ...one,
            defaultValue: null,
            source: { type: "Constant", name: "CN=Users", expression: '"CN=Users"', parameters: [] },
          }
        : one,
    ),
  );
  const container = (schema: JsonObject) =>
    mappingOf(merged(schema, wanted())).attributeMappings.find(
      (one) => one["targetAttributeName"] === "parentDistinguishedName",
    );
  expect(container(quoted)).toMatchObject({
    source: { type: "Constant", name: OU, expression: `"${OU}"` },
    defaultValue: null,
  });
  expect(container(defaultSchema())).toMatchObject({ source: null, defaultValue: OU });
});

test("only own filters are taken out again", () => {
  const foreign = { name: "foreign", clauses: [] };
  const schema = structuredClone(defaultSchema());
  mappingOf(schema).scope.groups = [foreign, { name: "mine", clauses: [] }];
  const after = merged(schema, wanted({ ownedFilters: ["mine"] }));
  expect(mappingOf(after).scope.groups).toEqual([foreign]);
});

const refusals: readonly (readonly [sentence: string, schema: JsonObject, want: WantedSchema, reason: string])[] = [
  [
    "a target that is mapped twice already",
    withMappings((list) => [...list, { ...list[1]!, targetAttributeName: "CN" }]),
    wanted(),
    "DuplicateTarget",
  ],
  [
    "a second join key",
    withMappings((list) =>
      list.map((one) => (one["targetAttributeName"] === "cn" ? { ...one, matchingPriority: 2 } : one)),
    ),
    wanted(),
    "JoinKeyChanged",
  ],
  [
    "no join key",
    withMappings((list) => list.map((one) => ({ ...one, matchingPriority: 0 }))),
    wanted(),
    "JoinKeyChanged",
  ],
  [
    "the marker",
    defaultSchema(),
    wanted({ mappings: [{ target: "adminDescription", expression: "x" }] }),
    "TargetLocked",
  ],
  [
    "the member attribute",
    defaultSchema(),
    wanted({ mappings: [{ target: "Member", expression: "x" }] }),
    "TargetLocked",
  ],
];
for (const [sentence, schema, want, reason] of refusals)
  test(`${sentence} is refused`, () => expect(merge(schema, want)).toMatchObject({ kind: "refused", reason }));

test("a schema with two mappings of groups is not understood, so left alone", () => {
  const schema = structuredClone(defaultSchema());
  const rules = schema["synchronizationRules"] as unknown as Rule[];
  rules[0]!.objectMappings.push(rules[0]!.objectMappings[0]!);
  expect(viewSchema(schema, profile).kind).toBe("unexpected");
});
