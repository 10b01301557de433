import fc from "fast-check";
import type { Group } from "../../entra/groups/port.ts";
import { canonicalDN, isInside } from "../distinguished-name.ts";
import { literal, parseSwitch, switchExpression, unquoted } from "./expression.ts";
import { admits, type FilterGroup } from "./filter.ts";
import { impactOf, type Edit, type Reach } from "./impact.ts";
import { containerOfWanted, wantedContainer } from "./target-container.ts";

const OU = "OU=Groups,DC=corp,DC=example,DC=com";
const group = (id: string, displayName: string, over: Partial<Group> = {}): Group => ({
  id,
  displayName,
  isSecurityEnabled: true,
  isMailEnabled: false,
  isSyncedFromAD: false,
  groupTypes: [],
  ...over,
});
const filter = (operator: string, ...values: string[]): FilterGroup => ({
  name: "f",
  clauses: [{ attribute: "displayName", operator, values }],
});
const reach = (over: Partial<Reach> = {}): Reach => ({
  isAllScope: false,
  filters: [],
  containerOf: containerOfWanted({ kind: "constant", distinguishedName: OU }),
  domain: "corp.example.com",
  ...over,
});
const edit = (before: Reach, after: Reach, over: Partial<Edit> = {}): Edit => ({
  before,
  after,
  isContainerChanged: false,
  areFiltersChanged: true,
  ...over,
});

const anyGroups = fc
  .array(fc.constantFrom("a", "b", "c"), { maxLength: 20 })
  .map((names) => names.map((name, at) => group(`g-${at}`, name)));
const anyReach = fc.record({
  isAllScope: fc.boolean(),
  filters: fc.constantFrom([], [filter("EQUALS", "a")], [filter("NOT EQUALS", "a")], [filter("REGEX MATCH", "a")]),
  containerOf: fc.constantFrom(
    ...[OU, `OU=Sub,${OU}`].map((distinguishedName) => containerOfWanted({ kind: "constant", distinguishedName })),
  ),
  domain: fc.constantFrom(undefined, "corp.example.com"),
});

test("a count is only given when every group in question can be judged, and then it is right", () => {
  fc.assert(
    fc.property(
      anyGroups,
      fc.array(fc.nat({ max: 19 }), { maxLength: 5 }),
      anyReach,
      anyReach,
      (groups, at, before, after) => {
        const assigned = [...new Set(at)].flatMap((index) => groups[index] ?? []);
        const { leaving } = impactOf(edit(before, after), { groups, assigned }, undefined);
        const isIn = ({ isAllScope, filters }: Reach, one: Group) =>
          isAllScope ? admits(filters, one) : assigned.includes(one);
        if (leaving === undefined) return true;
        return groups.every((one) =>
          leaving.includes(one.id)
            ? isIn(before, one) === true && isIn(after, one) === false
            : isIn(before, one) === false || isIn(after, one) === true,
        );
      },
    ),
    { numRuns: 1_000 },
  );
});

const all = (value: string) => reach({ isAllScope: true, filters: [filter("EQUALS", value)] });
const groups = [group("1", "a"), group("2", "a"), group("3", "b")];
const rows: readonly (readonly [
  sentence: string,
  edit: Edit,
  counted: number | undefined,
  provisioned: number | undefined,
])[] = [
  ["a filter that admits others lets all of the old ones leave", edit(all("a"), all("b")), 2, undefined],
  ["more are provisioned than were listed: not known", edit(all("a"), all("b")), undefined, 3],
  ["as many as were listed: known", edit(all("a"), all("b")), 2, 2],
  ["another domain: not known", edit(reach({ domain: "other.example.com" }), reach()), undefined, undefined],
  ["a first domain: nothing leaves", edit(reach({ domain: undefined }), reach()), 0, undefined],
];
for (const [sentence, given, counted, provisioned] of rows)
  test(sentence, () => expect(impactOf(given, { groups, assigned: [] }, provisioned).leaving?.length).toBe(counted));

test("moving is counted by a switch over the display name, and not known over anything else", () => {
  const bySwitch = (attribute: string) =>
    containerOfWanted({
      kind: "expression",
      expression: switchExpression(attribute, OU, [["a", `OU=A,${OU}`]]),
      fallback: OU,
    });
  const given = (attribute: string) =>
    edit(reach(), reach({ containerOf: bySwitch(attribute) }), { isContainerChanged: true });
  expect(impactOf(given("displayName"), { groups: undefined, assigned: groups }, undefined).moving).toEqual(["1", "2"]);
  expect(impactOf(given("department"), { groups: undefined, assigned: groups }, undefined).moving).toBeUndefined();
});

const admitted: readonly (readonly [
  sentence: string,
  filters: readonly FilterGroup[],
  one: Group,
  answer: boolean | undefined,
])[] = [
  ["case counts", [filter("EQUALS", "A")], group("1", "a"), false],
  ["filters are ORed", [filter("EQUALS", "x"), filter("EQUALS", "a")], group("1", "a"), true],
  ["a regular expression cannot be judged", [filter("REGEX MATCH", "a")], group("1", "a"), undefined],
  ["unless another filter admits it", [filter("REGEX MATCH", "z"), filter("EQUALS", "a")], group("1", "a"), true],
  ["what AD owns is never admitted", [], group("1", "a", { isSyncedFromAD: true }), false],
  ["nor what has mail", [], group("1", "a", { isMailEnabled: true }), false],
  [
    "another attribute cannot be judged",
    [{ name: "f", clauses: [{ attribute: "description", operator: "IS NULL", values: [] }] }],
    group("1", "a"),
    undefined,
  ],
];
for (const [sentence, filters, one, answer] of admitted)
  test(sentence, () => expect(admits(filters, one)).toBe(answer));

test("a literal is read back as it was, and a switch too", () => {
  fc.assert(fc.property(fc.string(), (text) => unquoted(literal(text)) === text));
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1, maxLength: 4 }),
      (fallback, cases) => {
        const parsed = parseSwitch(switchExpression("displayName", fallback, cases));
        return parsed?.fallback === fallback && JSON.stringify(parsed.cases) === JSON.stringify(cases);
      },
    ),
  );
});

test("containers are compared as AD does, and none outside the domain's is allowed", () => {
  expect(canonicalDN("ou=Groups, DC=Corp,dc=example,DC=com")).toBe(canonicalDN("OU=groups,DC=corp,DC=example,DC=com"));
  expect(isInside(`OU=A,${OU}`, [OU])).toBe(true);
  expect(isInside("OU=AGroups,DC=corp,DC=example,DC=com", [OU])).toBe(false);
  expect(isInside("OU=Groups,DC=corp,DC=example,DC=com,DC=evil", [OU])).toBe(false);
  const declared = (targetContainer: object) => ({ targetContainer }) as never;
  expect(wantedContainer(declared({ constant: OU }), undefined)).toMatchObject({ reason: "NoProvisioningContainers" });
  expect(
    wantedContainer(
      declared({
        switch: {
          attribute: "displayName",
          default: OU,
          cases: [{ value: "x", container: "OU=Other,DC=corp,DC=example,DC=com" }],
        },
      }),
      [OU],
    ),
  ).toMatchObject({ reason: "ContainerNotAllowed" });
  expect(wantedContainer(declared({ attribute: "extension_1_TargetOU" }), [OU])).toMatchObject({
    container: { expression: `Switch([extension_1_TargetOU], "${OU}", "${OU}", "${OU}")`, fallback: OU },
  });
});
