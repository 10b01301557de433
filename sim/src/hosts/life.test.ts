import { Bench } from "./test-bench.ts";
import {
  configured,
  CONFIGURE,
  DOMAIN,
  HOST_GROUP,
  INSTALL,
  installed,
  JOIN,
  REGISTER,
  TENANT_ID,
} from "./test-steps.ts";

test("the whole way from launch to a working agent, seen by the probe and by the world's own record", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const preflight = bench.run("Preflight", instanceID, {
    domainName: DOMAIN,
    domainControllers: "10.0.1.10",
    tenantCloud: "Public",
  });
  const checks = preflight.facts?.["checks"] as readonly { name: string; status: string }[];
  expect(checks.filter(({ status }) => status !== "Pass").map(({ name }) => name)).toEqual(["SchemaAttribute"]);
  expect(bench.run("Join", instanceID, JOIN)).toMatchObject({
    outcome: "Succeeded",
    changed: true,
    facts: { computerName: "CSA01", domain: DOMAIN, isHostGroupMember: true, reboots: 1 },
  });
  expect(bench.call("DescribeInstanceInformation", {})).toMatchObject({
    InstanceInformationList: [{ ComputerName: "CSA01.corp.example.com" }],
  });
  expect(bench.run("Install", instanceID, INSTALL)).toMatchObject({ facts: { agentVersion: "1.1.2505.0" } });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({
    serviceState: "Running",
    serviceAccount: "NT SERVICE\\AADConnectProvisioningAgent",
    registeredTenantID: null,
    isWaitingForPerson: true,
  });
  expect(bench.run("Register", instanceID, REGISTER)).toMatchObject({
    outcome: "Succeeded",
    facts: { tenantID: TENANT_ID },
  });
  expect(bench.run("Configure", instanceID, CONFIGURE)).toMatchObject({
    outcome: "Succeeded",
    facts: { serviceAccount: "CORP\\gmsaCloudSync$", configuredDomains: [DOMAIN] },
  });
  expect(bench.run("Probe", instanceID)).toMatchObject({
    facts: {
      isDomainTrusted: true,
      isGMSAUsable: true,
      agentService: "Running",
      tenantID: TENANT_ID,
      isEntraReachable: true,
    },
  });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({
    booted: true,
    joinedDomain: DOMAIN,
    computerName: "CSA01",
    isHostGroupMember: true,
    installedVersion: "1.1.2505.0",
    registeredTenantID: TENANT_ID,
    configuredDomains: [DOMAIN],
    isWorking: true,
  });
});

test("local state survives a reboot and a stop, and goes with the instance; the directory keeps what the host left there", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  bench.end(instanceID, "stop");
  expect(bench.guests.control.truth(instanceID)).toMatchObject({
    power: "off",
    serviceState: "Stopped",
    joinedDomain: DOMAIN,
  });
  bench.start(instanceID);
  bench.clock.advance(10 * 60_000);
  expect(bench.guests.control.truth(instanceID)).toMatchObject({
    booted: true,
    serviceState: "Running",
    isWorking: true,
  });
  bench.end(instanceID, "terminate");
  expect(bench.guests.control.truth(instanceID)).toMatchObject({
    power: "terminated",
    booted: false,
    joinedDomain: null,
    installedVersion: null,
    registeredTenantID: null,
  });
  expect(bench.guests.control.domainTruth(DOMAIN)).toMatchObject({
    computers: [{ name: "CSA1", creator: "svc-join", boundTo: instanceID }],
    groupMembers: { [HOST_GROUP.toLowerCase()]: ["csa1"] },
  });
});

test("an agent's record turns inactive an hour after its silence, is soft-deleted after ten days, and is dropped with its certificate", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  const status = (): unknown => bench.guests.control.tenantTruth(TENANT_ID)?.agents[0]?.status;
  bench.clock.advance(3 * 3_600_000);
  expect(status()).toBe("active");
  bench.end(instanceID, "terminate");
  bench.clock.advance(3_500_000);
  expect(status()).toBe("active");
  bench.clock.advance(200_000);
  expect(status()).toBe("inactive");
  bench.clock.advance(10 * 86_400_000);
  expect(status()).toBe("softDeleted");
  bench.clock.advance(120 * 86_400_000);
  expect(bench.guests.control.tenantTruth(TENANT_ID)?.agents).toEqual([]);
});

test("only one agent works at a time, and draining it hands the work to its peer at once", () => {
  const bench = new Bench();
  const first = configured(bench, "1");
  const second = configured(bench, "2");
  expect(bench.guests.control.domainTruth(DOMAIN)?.workingInstanceID).toBe(first);
  expect(bench.run("Drain", first)).toMatchObject({ changed: true, facts: { agentService: "Stopped" } });
  expect(bench.guests.control.domainTruth(DOMAIN)?.workingInstanceID).toBe(second);
  expect(bench.run("Drain", first)).toMatchObject({ changed: false, facts: { agentService: "Stopped" } });
  bench.clock.advance(2 * 3_600_000);
  const agents = bench.guests.control
    .tenantTruth(TENANT_ID)
    ?.agents.map(({ instanceID, status }) => [instanceID, status]);
  expect(agents).toEqual([
    [first, "inactive"],
    [second, "active"],
  ]);
});

test("a frozen host stands still, turns ConnectionLost, and goes on where it was after a thaw", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  const commandID = bench.send("Join", [instanceID], { operationID: "operationjoin", ...JOIN });
  bench.clock.advance(5_000);
  bench.guests.control.freeze(instanceID);
  bench.clock.advance(20 * 60_000);
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "InProgress", ResponseCode: -1 });
  expect(bench.call("DescribeInstanceInformation", {})).toMatchObject({
    InstanceInformationList: [{ PingStatus: "ConnectionLost" }],
  });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ frozen: true, joinedDomain: null });
  bench.guests.control.thaw(instanceID);
  bench.clock.advance(10 * 60_000);
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "Success", ResponseCode: 0 });
});

test("a hard restart wakes a frozen host", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.guests.control.freeze(instanceID);
  bench.end(instanceID, "stop");
  bench.start(instanceID);
  bench.clock.advance(10 * 60_000);
  expect(bench.guests.control.truth(instanceID)).toMatchObject({
    booted: true,
    frozen: false,
    ssm: { connected: true },
  });
});

test("a person finishes a manual registration only on a host that waits for it", () => {
  const bench = new Bench();
  const { control } = bench.guests;
  const instanceID = bench.online("1");
  expect(() => control.finishRegistration(instanceID)).toThrow("has no agent installed yet");
  const waiting = installed(bench, "2");
  control.finishRegistration(waiting);
  expect(control.truth(waiting)).toMatchObject({ registeredTenantID: TENANT_ID, isWaitingForPerson: false });
  expect(() => control.finishRegistration(waiting)).toThrow("is registered already");
  expect(() => control.finishRegistration("i-none")).toThrow("there is no host i-none");
});

test("without delays the whole way takes no time at all but that of the polls", () => {
  const bench = new Bench({ preset: "zero" });
  const instanceID = bench.launch("1");
  bench.clock.advance(0);
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ booted: true, ssm: { connected: true } });
  const commandID = bench.send("Join", [instanceID], { operationID: "operation1", ...JOIN });
  bench.clock.advance(0);
  expect(bench.invocation(commandID, instanceID)).toMatchObject({ Status: "Success" });
  expect(bench.clock.nextDueMs()).toBeUndefined();
});

test("a host that boots without a controller gets its ticket when one answers, without a restart", () => {
  const bench = new Bench();
  const { control } = bench.guests;
  const instanceID = configured(bench, "1");
  for (const name of ["dc1", "dc2"]) control.setControllerUp(DOMAIN, `${name}.${DOMAIN}`, false);
  bench.end(instanceID, "stop");
  bench.start(instanceID);
  bench.clock.advance(10 * 60_000);
  expect(control.truth(instanceID)).toMatchObject({ serviceState: "Stopped" });
  control.setControllerUp(DOMAIN, `dc1.${DOMAIN}`, true);
  expect(bench.run("Probe", instanceID)).toMatchObject({ facts: { isGMSAUsable: true, agentService: "Stopped" } });
});

test("while Entra is deaf every agent falls silent, and is active again when it listens", () => {
  const bench = new Bench();
  const { control } = bench.guests;
  const instanceID = configured(bench, "1");
  control.setTenantReachable(TENANT_ID, false);
  bench.clock.advance(2 * 3_600_000);
  expect(control.tenantTruth(TENANT_ID)?.agents).toMatchObject([{ instanceID, status: "inactive" }]);
  expect(bench.run("Probe", instanceID)).toMatchObject({ facts: { isEntraReachable: false } });
  control.setTenantReachable(TENANT_ID, true);
  expect(control.tenantTruth(TENANT_ID)?.agents).toMatchObject([{ instanceID, status: "active" }]);
});
