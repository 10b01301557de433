/**
 * The main line on a real API server: a configuration waits for its canary, groups arrive in AD, a typo is held back, the right person approves its hash.
 * The tests of this file are one story on one stack and stand in its order.
 */
import { conditionOf, isReady, type StackObject } from "../../support/stack-api.ts";
import {
  CANARY,
  CANARY_SCOPE,
  CONFIGURATION,
  examples,
  FILE_MS,
  startEntraStack,
  TEAM,
  TEAM_SCOPE,
  TENANT_ID,
  type EntraStack,
} from "./entra-stack.ts";

const TEAM_GROUPS = ["sg-sales-emea", "sg-sales-japan"];
const ALL_GROUPS = ["sg-canary", ...TEAM_GROUPS];
const START = "POST /servicePrincipals/{servicePrincipal-id}/synchronization/jobs/{synchronizationJob-id}/start";
const REMOVE = "DELETE /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo/{appRoleAssignment-id}";
const OTHER_HASH = `sha256:${"0".repeat(64)}`;

let stack: EntraStack;

beforeAll(async () => {
  stack = await startEntraStack();
  stack.startOperator();
  await stack.apply(examples({ hasFleet: true }));
}, FILE_MS);

afterAll(async () => {
  const { breaches } = await stack.record();
  await stack.stop();
  expect(breaches).toBe(0);
}, FILE_MS);

const planHash = (scope: StackObject | undefined): string =>
  (scope?.status?.["plan"] as { readonly hash: string } | undefined)?.hash ?? "";
const lastResult = (test: StackObject | undefined) =>
  test?.status?.["last"] as { readonly result: string; readonly reason: string } | undefined;
const jobState = (configuration: StackObject | undefined): string =>
  (configuration?.status?.["jobs"] as readonly { readonly state: string }[] | undefined)?.[0]?.state ?? "none";
const patch = (spec: object): readonly string[] => [
  ...["-n", TEAM, "patch", "groupscope", "sales", "--type=merge", "-p"],
  JSON.stringify({ spec }),
];
const assigned = async (): Promise<readonly string[]> => (await stack.record()).configurations[0]?.assigned ?? [];

test(
  "a configuration is made and stays paused while its canary is red: nothing was ever started",
  async () => {
    const canary = await stack.until(CANARY, "the canary has run", (test) => lastResult(test) !== undefined);
    expect(lastResult(canary)).toMatchObject({ result: "Failed", reason: "MembershipNotWritten" });
    const configuration = await stack.until(CONFIGURATION, "the canary is the reason", (object) =>
      ["GateNotPassed", "GateFailed"].includes(conditionOf(object, "Ready")?.reason ?? ""),
    );
    expect(jobState(configuration)).toBe("Paused");
    const record = await stack.record();
    expect(record.configurations).toHaveLength(1);
    expect(record.configurations[0]?.jobs).toEqual([{ code: "Paused", hasRun: false }]);
    expect(record.directory.map(({ name }) => name)).toEqual(["sg-canary"]);
    expect(await stack.calls(START)).toBe(0);
  },
  FILE_MS,
);

test(
  "the canary passes once the membership switch is on, the job is started once, and the team's groups arrive with their members",
  async () => {
    const [configuration] = (await stack.record()).configurations;
    const portal = `/synchronization/${TENANT_ID}/${configuration?.servicePrincipalID ?? ""}/membership`;
    await stack.world.control.ask("POST", portal, { isOn: true });
    await stack.api.patch("tests", CANARY.namespace, CANARY.name, {
      metadata: { annotations: { "cloudsync.dev/requested-at": "now" } },
    });
    await stack.until(CANARY, "the canary passes", (test) => lastResult(test)?.result === "Passed");
    const { directory, groups } = await stack.untilRecord(
      "three groups are in AD",
      (record) =>
        record.directory.length === ALL_GROUPS.length && record.directory.every(({ members }) => members.length > 0),
    );
    for (const { name, members } of directory)
      expect([name, members]).toEqual([name, groups.find((group) => group.name === name)?.members]);
    for (const where of [CONFIGURATION, CANARY_SCOPE, TEAM_SCOPE])
      await stack.until(where, `${where.name} is Ready`, isReady);
    expect(await stack.calls(START)).toBe(1);
  },
  FILE_MS,
);

test(
  "a group that the configuration does not grant to the namespace stays out, and its name is not found out",
  async () => {
    await stack.apply([
      {
        apiVersion: "cloudsync.dev/v1alpha1",
        kind: "GroupScope",
        metadata: { name: "greedy", namespace: TEAM },
        spec: {
          configurationRef: { namespace: "identity", name: "corp-groups" },
          groups: { displayNames: ["AD-Engineering"] },
        },
      },
    ]);
    const greedy = { ...TEAM_SCOPE, name: "greedy" };
    const scope = await stack.until(
      greedy,
      "it is refused",
      (object) => conditionOf(object, "Resolved")?.status === "False",
    );
    expect(conditionOf(scope, "Resolved")?.reason).toBe("NotGranted");
    expect(await assigned()).toEqual(ALL_GROUPS);
    await stack.api.delete("scopes", TEAM, "greedy");
  },
  FILE_MS,
);

test(
  "a typo in the selector takes nothing away, and whoever lacks the verb approve cannot approve it",
  async () => {
    expect((await stack.as("editor", patch({ selector: { displayNamePrefix: "sg-sale-" } }))).code).toBe(0);
    const scope = await stack.until(TEAM_SCOPE, "the removal is held", (object) => planHash(object) !== "");
    expect(conditionOf(scope, "RemovalApproved")).toMatchObject({ status: "False", reason: "SelectorEmpty" });
    expect(conditionOf(scope, "Ready")).toMatchObject({ status: "False", reason: "SelectorEmpty" });
    expect(scope?.status?.["plan"]).toMatchObject({ toRemove: expect.arrayContaining(TEAM_GROUPS) as unknown });
    const refused = await stack.as("editor", patch({ approvedPlan: planHash(scope) }));
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("needs the verb approve");
    expect(await assigned()).toEqual(ALL_GROUPS);
    expect(await stack.calls(REMOVE)).toBe(0);
  },
  FILE_MS,
);

test(
  "a wrong hash is refused by its reason; the right one removes exactly the listed groups, once",
  async () => {
    expect((await stack.as("approver", patch({ approvedPlan: OTHER_HASH }))).code).toBe(0);
    const waiting = await stack.until(
      TEAM_SCOPE,
      "the other hash is stale",
      (object) => conditionOf(object, "RemovalApproved")?.reason === "ApprovalStale",
    );
    expect(await assigned()).toEqual(ALL_GROUPS);
    expect((await stack.as("approver", patch({ approvedPlan: planHash(waiting) }))).code).toBe(0);
    await stack.untilRecord(
      "the team's groups are out",
      ({ configurations }) => configurations[0]?.assigned.length === 1,
    );
    expect(await assigned()).toEqual(["sg-canary"]);
    await stack.until(TEAM_SCOPE, "nothing is declared, and nothing waits", isReady);
    // Back in by the corrected selector; the approval still stands in the spec and counts for nothing.
    expect((await stack.as("editor", patch({ selector: { displayNamePrefix: "sg-sales-" } }))).code).toBe(0);
    await stack.until(TEAM_SCOPE, "the team's groups are back", isReady);
    expect(await assigned()).toEqual(ALL_GROUPS);
    expect(await stack.calls(REMOVE)).toBe(TEAM_GROUPS.length);
  },
  FILE_MS,
);
