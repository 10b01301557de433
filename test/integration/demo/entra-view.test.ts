import type { EntraView } from "../../demo/entra.ts";
import { entraDisagreements, entraLines, firstFailingEntraLink } from "../../demo/entra-view.ts";
import type { StackObject } from "../../support/stack-api.ts";

const MEMBERS = ["Aiko Mori", "Ben Okafor"];
const ready = (status: "True" | "False", reason: string) => ({ type: "Ready", status, reason, message: "why" });

function anObject(name: string, status: object, condition = ready("True", "Fine")): StackObject {
  const metadata = { name, namespace: "identity", uid: name, resourceVersion: "1" };
  return { metadata, spec: {}, status: { conditions: [condition], ...status } };
}

function aView(change: Partial<EntraView> = {}, world: Partial<EntraView["world"]> = {}): EntraView {
  return {
    configuration: anObject("corp-groups", { servicePrincipalID: "sp-1", jobs: [{ state: "Active" }] }),
    canary: anObject("canary", { last: { result: "Passed", reason: "ProvenInDirectory", startedAt: "" } }),
    scopes: [anObject("sales", { counts: { desired: 1, assigned: 1 } })],
    world: {
      configurations: [{ servicePrincipalID: "sp-1", assigned: ["sg-a"], jobs: [{ code: "Active", hasRun: true }] }],
      groups: [{ name: "sg-a", members: MEMBERS }],
      directory: [{ name: "sg-a", members: MEMBERS, container: "OU=EntraGroups" }],
      breaches: 0,
      ...world,
    },
    ...change,
  };
}

test("status and world agree when every fact is the same, and the view is a line an object", () => {
  expect(entraDisagreements(aView(), ["sg-a"])).toEqual([]);
  expect(entraLines(aView())).toEqual([
    "configuration corp-groups  job Active  Fine",
    "canary canary  Passed  ProvenInDirectory",
    "scope identity/sales  1 of 1 in scope  Fine",
  ]);
});

const [made] = aView().world.configurations;
const differing: readonly (readonly [sentence: string, world: Partial<EntraView["world"]>, says: string])[] = [
  ["two configurations", { configurations: made === undefined ? [] : [made, made] }, "2 configurations, not one"],
  [
    "a group that left scope",
    { configurations: made === undefined ? [] : [{ ...made, assigned: [] }] },
    "groups in scope: 0",
  ],
  ["a group that is not in AD", { directory: [] }, "groups in AD:  in the world"],
  ["a member that is missing in AD", { directory: [{ name: "sg-a", members: [], container: "" }] }, "members of sg-a"],
  ["a call against the contract", { breaches: 1 }, "breaches of Graph's contract: 1"],
];
for (const [sentence, world, says] of differing)
  test(`a disagreement: ${sentence}`, () =>
    expect(entraDisagreements(aView({}, world), ["sg-a"]).join("\n")).toContain(says));

test("the first failing link is the first object that is not Ready, in the order in which one needs the other", () => {
  const configuration = anObject("corp-groups", {}, ready("False", "GateNotPassed"));
  expect(firstFailingEntraLink(aView({ configuration }))).toBe("configuration corp-groups: GateNotPassed: why");
  expect(firstFailingEntraLink(aView({ canary: undefined }))).toBe("canary: there is no such object");
});
