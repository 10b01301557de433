/** The loop of a ProvisioningTest against the world's synchronization and AD: green where the group really arrived, red for its own reason where not. */
import { INSTANCE_ID, anAgent } from "../../../src/fleet/testing/builders.ts";
import { testReconciler } from "../../../src/controllers/provisioning-test/controller.ts";
import type { TestPorts } from "../../../src/controllers/provisioning-test/ports.ts";
import { loopBench, settle } from "../../../src/controllers/testing/loop-bench.ts";
import type { EntraPorts } from "../../../src/entra/entra-port.ts";
import type { JsonObject } from "../../../src/entra/schema/port.ts";
import { synchronizationJob } from "../../../src/entra/jobs/parse-job.ts";
import { onDemandAnswer } from "../../../src/entra/on-demand/parse-answer.ts";
import type { LastRun } from "../../../src/sync/provisioning-test/snapshot.ts";
import {
  aCondition,
  aConfiguration,
  aDomain,
  aProvisioningTest,
  aTenant,
  CLIENT_ID,
  TENANT_ID,
} from "../../../src/sync/testing.ts";
import {
  CONTAINER,
  OTHER_CONTAINER,
  SERVICE_PRINCIPAL,
  SyncBench,
  type BenchOptions,
} from "../../../sim/src/synchronization/test-bench.ts";
import { readGroupFrom } from "./read-group.ts";

const KEY = { namespace: "identity", name: "canary" };
const ON = { layout: { membershipOfOnPremisesUsers: "on" } } as const;

interface Canary {
  readonly world: SyncBench;
  readonly group: string;
  readonly run: () => Promise<LastRun>;
}

/** A group with seven members, a configured job that was never started, a host that reads AD. */
function canary(
  options: BenchOptions,
  { container = CONTAINER, spec = {} }: { container?: string; spec?: object } = {},
): Canary {
  const world = new SyncBench(options);
  const group = world.assigned();
  const users = Array.from({ length: 7 }, () => world.user());
  for (const user of users) world.directory.addMember(group, user);
  const jobID = world.configuredJob(container);
  const bench = loopBench();
  const members = users.map((id) => ({
    id,
    kind: "user",
    displayName: undefined,
    isSyncedFromAD: true,
    onPremisesObjectIdentifier: id.replace("0e5e", "ad90"),
    onPremisesDomainName: "corp.example.com",
  }));
  const answered = <Value>(value: Value) => Promise.resolve(value);
  const entra = {
    access: {
      resolve: () => ({
        kind: "granted",
        access: { cloud: "Public", tenantID: TENANT_ID, clientID: CLIENT_ID, proof: { kind: "operator" } },
      }),
    },
    jobs: {
      job: () => answered({ kind: "found", value: synchronizationJob.parse(world.sync("GET", `jobs/${jobID}`)) }),
    },
    schema: { read: () => answered({ kind: "found", value: world.sync("GET", `jobs/${jobID}/schema`) as JsonObject }) },
    groups: {
      group: (_access: unknown, id: string) => answered({ kind: "found", value: { id, displayName: "sg-1" } }),
      members: () => answered({ kind: "complete", items: members }),
    },
    onDemand: {
      provision: (
        _access: unknown,
        { ruleID, groupID, memberIDs }: { ruleID: string; groupID: string; memberIDs: readonly string[] },
      ) => {
        const links = { members: memberIDs.map((objectId) => ({ objectId, objectTypeName: "User" })) };
        const subjects = [{ objectId: groupID, objectTypeName: "Group", links }];
        const body = world.sync("POST", `jobs/${jobID}/provisionOnDemand`, {
          parameters: [{ ruleId: ruleID, subjects }],
        });
        return answered({ kind: "done", value: onDemandAnswer(body) });
      },
    },
  } as unknown as EntraPorts;
  const ports: TestPorts = {
    ...bench.ports,
    entra,
    entraSettings: { allowedUnverified: new Set(), isSelfApprovalAllowed: false },
    directoryLookDelayMs: 30_000,
    scopes: { resolve: () => answered({ kind: "granted", scope: {} }) } as unknown as TestPorts["scopes"],
    directory: readGroupFrom(world.domain),
  };
  bench.put(aTenant());
  bench.put(aDomain());
  const jobs = [{ id: jobID, templateID: "AAD2ADGroupProvisioning", state: "Paused" }];
  bench.put(aConfiguration({ status: { servicePrincipalID: SERVICE_PRINCIPAL, jobs } }));
  const subject = { group: { id: group }, members: { sample: 6 } };
  bench.put(
    aProvisioningTest({
      spec: { subject, expect: { verify: "Directory", container: CONTAINER, members: "All" }, ...spec },
    }),
  );
  const conditions = [{ ...aCondition("Ready", "True"), lastTransitionTime: "2026-11-22T07:00:00Z" }];
  bench.put(anAgent({ status: { instanceID: INSTANCE_ID, conditions } }));
  return {
    world,
    group,
    async run() {
      await settle(testReconciler(ports), KEY, bench, 200_000);
      const { last } = bench.at("ProvisioningTest", KEY).status as { last?: LastRun };
      if (last === undefined) throw new Error("the test has not run");
      return last;
    },
  };
}

test("the canary arrives in AD before the job was ever started: six of seven members, in two calls", async () => {
  const { world, group, run } = canary(ON);
  expect(await run()).toMatchObject({ result: "Passed", reason: "ProvenInDirectory", members: 6 });
  expect(world.members(group)).toHaveLength(6);
});

const red: readonly (readonly [sentence: string, make: () => Canary, reason: string])[] = [
  [
    "a target OU that does not exist",
    () => canary(ON, { container: "OU=None,DC=corp,DC=example,DC=com" }),
    "TargetContainerNotFound",
  ],
  ["a target OU that is another one", () => canary(ON, { container: OTHER_CONTAINER }), "WrongContainer"],
  ["a right of the gMSA that was taken away", () => canary({ ...ON, domain: { access: [] } }), "DirectoryAccessDenied"],
  [
    "the last agent stopped",
    () => {
      const made = canary(ON);
      made.world.path = () => ({ kind: "unreached", code: "HybridIdentityServiceNoActiveAgents", message: "none" });
      return made;
    },
    "NoActiveAgent",
  ],
  ["the vendor's switch for memberships, off by default", () => canary({}), "MembershipNotWritten"],
  [
    "a group that is not in scope",
    () => {
      const made = canary(ON);
      made.world.unassign(made.group);
      return made;
    },
    "NotInScope",
  ],
];
test.each(red)("%s turns it red under a reason of its own", async (_sentence, make, reason) => {
  const made = make();
  expect(await made.run()).toMatchObject({ result: "Failed", reason });
});

test("an empty value of the answer is no proof for Graph, and AD's word is enough for Directory", async () => {
  const empty = { layout: { ...ON.layout, onDemandValue: "empty" } } as const;
  expect(await canary(empty).run()).toMatchObject({ result: "Passed" });
  expect(await canary(empty, { spec: { expect: { verify: "Graph" } } }).run()).toMatchObject({
    result: "Unknown",
    reason: "EmptyAnswer",
  });
});
