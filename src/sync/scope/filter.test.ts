import fc from "fast-check";
import assert from "node:assert/strict";
import type { Group } from "../../entra/groups/port.ts";
import { filterText, matchOf, type GroupFilter } from "./filter.ts";
import { parseFilter } from "./parse-filter.ts";

const accepted: readonly (readonly [source: string, canonical: string])[] = [
  ["displayName eq 'sg-a'", "displayName eq 'sg-a'"],
  ["startswith( displayName , 'sg-' )", "startswith(displayName,'sg-')"],
  ["displayName eq 'O''Hara'", "displayName eq 'O''Hara'"],
  ["securityEnabled eq true and not (mailEnabled eq true)", "securityEnabled eq true and not(mailEnabled eq true)"],
  ["groupTypes/any(c:c eq 'DynamicMembership')", "groupTypes/any(t:t eq 'DynamicMembership')"],
  [
    "displayName eq 'a' or displayName eq 'b' and securityEnabled eq true",
    "displayName eq 'a' or (displayName eq 'b' and securityEnabled eq true)",
  ],
  [
    "(displayName eq 'a' or displayName eq 'b') or displayName eq 'c'",
    "displayName eq 'a' or displayName eq 'b' or displayName eq 'c'",
  ],
];
for (const [source, canonical] of accepted)
  test(`accepts ${source}`, () => {
    const parsed = parseFilter(source);
    assert.ok(parsed.kind === "parsed");
    assert.equal(filterText(parsed.filter), canonical);
  });

const refused: readonly (readonly [source: string, part: string])[] = [
  ["", "A comparison is expected"],
  ["id eq 'x'", '"id" cannot be filtered by'],
  ["displayName ne 'x'", '"eq" is expected'],
  ['displayName eq "x"', "cannot be read"],
  ["displayName eq ''", "empty text"],
  ["startswith(description,'x')", '"displayName" is expected'],
  ["startswith(displayName,'')", "empty text"],
  ["displayName eq 'a' displayName eq 'b'", "is not expected there"],
  ["displayName eq 'a') or (displayName eq 'b'", "is not expected there"],
  ["securityEnabled eq 'true'", "compared with true or false"],
  ["displayName eq 'a'&$top=1", "cannot be read"],
  ["groupTypes/all(t:t eq 'x')", '"any" is expected'],
  [`${"(".repeat(20)}displayName eq 'a'${")".repeat(20)}`, "nested at most"],
  [Array.from({ length: 60 }, () => "displayName eq 'a'").join(" or "), "at most 40 comparisons"],
];
for (const [source, part] of refused)
  test(`refuses ${source.slice(0, 50)}`, () => {
    const parsed = parseFilter(source);
    assert.ok(parsed.kind === "refused");
    assert.ok(parsed.message.includes(part), parsed.message);
    assert.ok(parsed.message.includes("A filter is made of"));
  });

const value = fc.string({ minLength: 1, maxLength: 8 });
const { tree } = fc.letrec<{ tree: GroupFilter; leaf: GroupFilter }>((tie) => ({
  leaf: fc.oneof(
    fc.record({ kind: fc.constant("equals" as const), property: fc.constant("displayName" as const), value }),
    fc.record({ kind: fc.constant("startsWith" as const), property: fc.constant("displayName" as const), value }),
    fc.record({
      kind: fc.constant("flag" as const),
      property: fc.constantFrom("securityEnabled" as const, "mailEnabled" as const, "onPremisesSyncEnabled" as const),
      value: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("groupType" as const), value }),
  ),
  tree: fc.oneof(
    { maxDepth: 3 },
    tie("leaf"),
    fc.record({ kind: fc.constant("not" as const), term: tie("tree") }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      terms: fc.array(tie("leaf"), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

const group: Group = {
  id: "1",
  displayName: "SG-Sales-Japan",
  isSecurityEnabled: true,
  isMailEnabled: undefined,
  isSyncedFromAD: false,
  groupTypes: [],
};

test("the canonical text of a tree reads back as the same tree", () => {
  fc.assert(
    fc.property(tree, (filter) => {
      const parsed = parseFilter(filterText(filter));
      assert.ok(parsed.kind === "parsed", filterText(filter));
      assert.equal(filterText(parsed.filter), filterText(filter));
      assert.equal(matchOf(parsed.filter, group), matchOf(filter, group));
    }),
  );
});

const judged: readonly (readonly [source: string, match: string])[] = [
  ["startswith(displayName,'sg-sales')", "yes"],
  ["startswith(displayName,'sg-hr')", "no"],
  ["mailEnabled eq false", "unknown"],
  ["not(mailEnabled eq false)", "unknown"],
  ["mailEnabled eq false and startswith(displayName,'sg-hr')", "no"],
  ["mailEnabled eq false or startswith(displayName,'sg-')", "yes"],
  ["groupTypes/any(t:t eq 'Unified')", "no"],
];
for (const [source, match] of judged)
  test(`${source} is ${match} for a group whose mail property is not readable`, () => {
    const parsed = parseFilter(source);
    assert.ok(parsed.kind === "parsed");
    assert.equal(matchOf(parsed.filter, group), match);
  });
