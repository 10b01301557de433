/** Tables of the small judgements: consent, eligibility, members, the app role. */
import assert from "node:assert/strict";
import type { Group, Member } from "../../entra/groups/port.ts";
import { scopeRole, SCOPE_APP_ROLES } from "./app-role.ts";
import { eligibilityOf, type GroupFact } from "./eligibility.ts";
import { grantOf, isGranted } from "./grant.ts";
import { inspectMembers, memberWarning } from "./members.ts";

const group: Group = {
  id: "g",
  displayName: "sg-a",
  isSecurityEnabled: true,
  isMailEnabled: false,
  isSyncedFromAD: undefined,
  groupTypes: [],
};
const known = (facts: Partial<Group>, members: number | undefined = 3): GroupFact => ({
  kind: "known",
  group: { ...group, ...facts },
  members,
});
const eligibilities: readonly (readonly [sentence: string, fact: GroupFact, reason: string])[] = [
  ["a security group of the cloud", known({}), "eligible"],
  ["a dynamic one", known({ groupTypes: ["DynamicMembership"] }), "eligible"],
  ["one of 1,500 members", known({}, 1_500), "eligible"],
  ["one of 50,000 members", known({}, 50_000), "eligible"],
  ["one of 50,001 members", known({}, 50_001), "TooManyMembers"],
  ["one that was not counted", { kind: "known", group, members: undefined }, "MembersNotCounted"],
  ["a Microsoft 365 group", known({ groupTypes: ["Unified"], isMailEnabled: true }), "Microsoft365Group"],
  ["a distribution group", known({ isSecurityEnabled: false, isMailEnabled: true }), "NotSecurityEnabled"],
  ["a mail-enabled security group", known({ isMailEnabled: true }), "MailEnabled"],
  ["a group of AD", known({ isSyncedFromAD: true }), "OwnedByAD"],
  ["a group whose kind is not readable", known({ isMailEnabled: undefined }), "FactsUnknown"],
  ["a missing group", { kind: "missing" }, "GroupNotFound"],
  ["an unread group", { kind: "unread" }, "NotRead"],
];
for (const [sentence, fact, reason] of eligibilities)
  test(`${sentence} is ${reason}`, () => {
    const verdict = eligibilityOf(fact);
    assert.equal(verdict.kind === "eligible" ? "eligible" : verdict.reason, reason);
  });

const team = { name: "team-a", labels: { tier: "one" } };
const limited = {
  from: "All" as const,
  entries: [
    { namespace: "team-a", groups: { ids: ["g"], displayNamePrefixes: ["sg-a-"], administrativeUnits: ["au"] } },
  ],
};
test("an entry decides alone, absent groups grant all, nobody else is let in", () => {
  assert.equal(grantOf({ from: "Same" }, "identity", team).kind, "denied");
  assert.equal(grantOf({ from: "Same" }, "team-a", team).kind, "all");
  assert.equal(grantOf({ from: "All" }, "identity", team).kind, "all");
  assert.equal(grantOf({ from: "Same", entries: [{ namespace: "team-a" }] }, "identity", team).kind, "all");
  assert.equal(grantOf(limited, "identity", team).kind, "limited");
  assert.equal(
    grantOf({ ...limited, entries: [{ ...limited.entries[0]!, namespace: "identity" }] }, "identity", {
      name: "identity",
      labels: {},
    }).kind,
    "limited",
  );
  assert.equal(
    grantOf({ from: "Selector", selector: { matchLabels: { tier: "one" } } }, "identity", {
      ...team,
      labels: undefined,
    }).kind,
    "denied",
  );
});

const grants: readonly (readonly [
  sentence: string,
  id: string,
  name: string | undefined,
  isUnitRead: boolean,
  granted: boolean,
])[] = [
  ["an id that is named", "g", undefined, false, true],
  ["a name with the prefix", "x", "sg-a-1", false, true],
  ["the prefix in another case", "x", "SG-A-1", false, false],
  ["a group of the unit", "u", "other", true, true],
  ["a group of a unit that was not read", "u", "other", false, false],
  ["anything else", "x", "sg-b-1", true, false],
];
for (const [sentence, id, displayName, isUnitRead, granted] of grants)
  test(`${sentence} is ${granted ? "granted" : "not granted"}`, () => {
    const units = isUnitRead ? new Map([["au", new Set(["u"])]]) : new Map<string, ReadonlySet<string>>();
    assert.equal(isGranted(grantOf(limited, "identity", team), { id, displayName }, units), granted);
  });

const member = (kind: Member["kind"], facts: Partial<Member> = {}): Member => ({
  id: "m",
  kind,
  displayName: undefined,
  isSyncedFromAD: undefined,
  onPremisesObjectIdentifier: undefined,
  onPremisesDomainName: undefined,
  ...facts,
});
const context = { isInScope: (id: string) => id === "nested-in", forestDomains: ["corp.example.com"] };
const members: readonly (readonly [sentence: string, one: Member, counted: string | undefined])[] = [
  ["a synced user", member("user", { isSyncedFromAD: true, onPremisesDomainName: "Corp.Example.com" }), undefined],
  ["a user whose origin is not readable", member("user"), "unknown"],
  ["a user of the cloud", member("user", { isSyncedFromAD: false }), "cloudOnly"],
  [
    "a user of another forest",
    member("user", { isSyncedFromAD: true, onPremisesDomainName: "other.example.net" }),
    "otherForest",
  ],
  ["a nested group in scope", member("group", { id: "nested-in" }), undefined],
  ["a nested group in scope that AD owns", member("group", { id: "nested-in", isSyncedFromAD: true }), "nestedOutside"],
  ["a nested group that is not", member("group", { id: "nested-out" }), "nestedOutside"],
  ["a device", member("device"), "notWritten"],
];
for (const [sentence, one, counted] of members)
  test(`${sentence} counts as ${counted ?? "written"}`, () => {
    const { total, ...findings } = inspectMembers([one], context);
    assert.equal(total, 1);
    assert.deepEqual(
      Object.entries(findings).flatMap(([name, count]) => (count > 0 ? [name] : [])),
      counted === undefined ? [] : [counted],
    );
  });

test("a group that would be empty in AD is told, one with unreadable members is not called empty", () => {
  const cloud = inspectMembers([member("user", { isSyncedFromAD: false })], context);
  const unknown = inspectMembers([member("user")], context);
  assert.ok(memberWarning([cloud])?.includes("1 groups would be empty in AD"));
  assert.equal(memberWarning([unknown])?.includes("empty"), false);
  assert.equal(memberWarning([inspectMembers([], context)]), undefined);
});

test("the app role is the vendor's own for the cloud, or none", () => {
  const role = (id: string, isEnabled = true) => ({ id, displayName: "User", value: undefined, isEnabled });
  assert.deepEqual(scopeRole("Public", [role(SCOPE_APP_ROLES.Public)]), { kind: "known", id: SCOPE_APP_ROLES.Public });
  assert.deepEqual(scopeRole("China", []), { kind: "known", id: SCOPE_APP_ROLES.China });
  assert.equal(scopeRole("Public", [role(SCOPE_APP_ROLES.China)]).kind, "mismatch");
  assert.equal(scopeRole("Public", [role(SCOPE_APP_ROLES.Public, false)]).kind, "mismatch");
});
