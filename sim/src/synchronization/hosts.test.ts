/** The whole way: a group assigned in Entra, through a live agent on a Windows host, into AD, and read back by another host's step. */
import { exercises } from "../facts.ts";
import { Bench } from "../hosts/test-bench.ts";
import { configured, CONTAINER, DOMAIN, joined, PERMISSIONS, READ_GROUP } from "../hosts/test-steps.ts";
import { SyncBench } from "./test-bench.ts";

const world = () => {
  const hosts = new Bench();
  const instanceID = configured(hosts, "1");
  const { agentReach, activeDirectory } = hosts.guests;
  const sync = new SyncBench({
    reach: agentReach,
    clock: hosts.clock,
    domains: activeDirectory,
    layout: { membershipOfOnPremisesUsers: "on" },
  });
  return { hosts, sync, instanceID };
};
const granted = () => {
  const made = world();
  made.hosts.run("Permissions", made.instanceID, { ...PERMISSIONS, mode: "Grant" });
  return made;
};
const read = (hosts: Bench, instanceID: string, groupID: string) =>
  hosts.run("ReadGroup", instanceID, { ...READ_GROUP, anchor: `Group_${groupID}` }).facts;

test("a group with a member arrives under the rights that the Permissions step granted, and is read back by its anchor", () => {
  const { hosts, sync, instanceID } = granted();
  const group = sync.assigned({ displayName: "Sales" });
  sync.directory.addMember(group, sync.user());
  sync.startedJob();
  expect(read(hosts, instanceID, group)).toMatchObject({
    isFound: true,
    distinguishedName: `CN=Sales_000000000001,${CONTAINER}`,
    memberCount: 1,
    sid: expect.stringMatching(/^S-1-5-21-\d+-\d+-\d+-\d+$/) as unknown,
    objectGUID: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown,
  });
});

test("without the grant the group fails for its missing right, and nothing is in AD", () => {
  exercises("8.1 rights of the gMSA");
  const { hosts, sync, instanceID } = world();
  const group = sync.assigned();
  sync.startedJob();
  expect(sync.log()[0]?.provisioningStatusInfo.errorInformation?.errorCode).toContain("InsufficientAccessRights");
  expect(read(hosts, instanceID, group)).toMatchObject({ isFound: false });
});

test("the canary turns red with a reason of its own for a wrong container, a lost right and a stopped last agent", () => {
  const { hosts, sync, instanceID } = granted();
  const group = sync.assigned();
  const id = sync.configuredJob();
  const code = () => (sync.onDemand(id, group).key as { details: { errorCode?: string } }).details.errorCode;
  sync.mapContainer(id, "OU=Wrong,DC=corp,DC=example,DC=com");
  expect(code()).toBe("HybridSynchronizationActiveDirectoryObjectNotFound");
  sync.mapContainer(id, CONTAINER);
  sync.domain.access.revoke(CONTAINER, "gmsaCloudSync$");
  expect(code()).toBe("HybridSynchronizationActiveDirectoryInsufficientAccessRights");
  hosts.run("Permissions", instanceID, { ...PERMISSIONS, mode: "Grant" });
  hosts.run("Drain", instanceID);
  expect(code()).toBe("HybridIdentityServiceNoActiveAgents");
  expect(sync.ad()).toEqual([]);
});

const silenced: readonly (readonly [
  sentence: string,
  act: (hosts: Bench, instanceID: string) => void,
  code: string,
])[] = [
  ["its host is frozen", (hosts, id) => hosts.guests.control.freeze(id), "HybridIdentityServiceNoActiveAgents"],
  ["its host is stopped", (hosts, id) => hosts.end(id, "stop"), "HybridIdentityServiceNoActiveAgents"],
  ["its host is terminated", (hosts, id) => hosts.end(id, "terminate"), "HybridIdentityServiceNoAgentsAssigned"],
  [
    "Entra does not hear hosts",
    (hosts) => hosts.guests.control.setTenantReachable("6b29fc40-ca47-4067-b31d-00dd010662da", false),
    "HybridIdentityServiceNoActiveAgents",
  ],
  [
    "no domain controller answers",
    (hosts) => {
      for (const name of ["dc1.corp.example.com", "dc2.corp.example.com"])
        hosts.guests.control.setControllerUp(DOMAIN, name, false);
    },
    "HybridSynchronizationActiveDirectoryInternalServerError",
  ],
];
for (const [sentence, act, code] of silenced) {
  test(`an agent does nothing while ${sentence}`, () => {
    const { hosts, sync, instanceID } = granted();
    sync.assigned();
    act(hosts, instanceID);
    const id = sync.startedJob();
    expect(sync.ad()).toEqual([]);
    expect(sync.job(id).status).toMatchObject({ lastExecution: { state: "Failed", error: { code } } });
  });
}

test("a second agent takes over when the first one falls silent", () => {
  exercises("6 one agent works at a time");
  const { hosts, sync, instanceID } = granted();
  configured(hosts, "2");
  hosts.guests.control.freeze(instanceID);
  sync.assigned();
  sync.startedJob();
  expect(sync.ad()).toHaveLength(1);
});

test("a host that is joined but runs no agent is no way into the domain", () => {
  exercises("6 only a registered agent that lives reaches AD");
  const hosts = new Bench();
  joined(hosts, "1");
  expect(hosts.guests.agentReach.reach("6b29fc40-ca47-4067-b31d-00dd010662da", DOMAIN)).toMatchObject({
    kind: "unreached",
    code: "HybridIdentityServiceNoAgentsAssigned",
  });
});
