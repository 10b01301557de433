import { DEFAULT_DOMAINS } from "../layout/domains.ts";
import { Bench } from "./test-bench.ts";
import { configured, DOMAIN, HOST_GROUP, installed, LEAVE, passThrough } from "./test-steps.ts";

const CORP = DEFAULT_DOMAINS.domains[0]!;
const PROVISIONING = { agentKind: "Provisioning" };

test("a running service is restarted, a drained one is started again", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  const running = { outcome: "Succeeded", changed: true, facts: { agentService: "Running" } };
  expect(bench.run("RestartService", instanceID, PROVISIONING)).toMatchObject(running);
  bench.run("Drain", instanceID);
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ serviceState: "Stopped" });
  expect(bench.run("RestartService", instanceID, PROVISIONING)).toMatchObject(running);
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ serviceState: "Running" });
});

test("one operation restarts once: a repeated delivery answers with the first result", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  const parameters = { operationID: "operationonce", ...PROVISIONING };
  bench.run("RestartService", instanceID, parameters);
  bench.run("Drain", instanceID);
  expect(bench.run("RestartService", instanceID, parameters)).toMatchObject({ facts: { agentService: "Running" } });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ serviceState: "Stopped" });
});

test("the Pass-through Authentication service is the other one", () => {
  const bench = new Bench();
  const instanceID = passThrough(bench, "1");
  expect(bench.run("RestartService", instanceID, { agentKind: "PassThroughAuthentication" })).toMatchObject({
    facts: { agentService: "Running" },
  });
  expect(bench.run("RestartService", instanceID, PROVISIONING)).toMatchObject({
    error: { class: "Permanent", reason: "AgentNotInstalled" },
  });
});

test("a service that somebody disabled is a person's matter and goes on as it was", () => {
  const bench = new Bench();
  const instanceID = installed(bench, "1");
  bench.guests.control.disableService(instanceID);
  expect(bench.run("RestartService", instanceID, PROVISIONING)).toMatchObject({
    changed: false,
    error: { class: "Person", reason: "ServiceDisabled" },
  });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ serviceState: "Running" });
});

test("without a controller a gMSA service does not come back, and the step says which link failed", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  for (const { name } of CORP.controllers) bench.guests.control.setControllerUp(DOMAIN, name, false);
  expect(bench.run("RestartService", instanceID, PROVISIONING)).toMatchObject({
    changed: true,
    error: { class: "Transient", reason: "DomainControllerUnreachable" },
  });
});

test("a host whose computer object is gone is not trusted any more", () => {
  const bench = new Bench();
  const leaving = configured(bench, "1");
  bench.run("LeaveDomain", leaving, LEAVE);
  expect(bench.run("RestartService", leaving, PROVISIONING)).toMatchObject({
    error: { class: "Permanent", reason: "DomainNotTrusted" },
  });
});

test("a host that is in no group of the gMSA cannot read its password", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  bench.guests.control.removeGroupMember(DOMAIN, HOST_GROUP, "CSA1");
  expect(bench.run("RestartService", instanceID, PROVISIONING)).toMatchObject({
    changed: true,
    error: { class: "Transient", reason: "TestADServiceAccountFalse" },
  });
});

test("a policy against logon as a service is a person's matter", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  bench.guests.control.denyServiceLogon(DOMAIN, "gmsaCloudSync$");
  expect(bench.run("RestartService", instanceID, PROVISIONING)).toMatchObject({
    error: { class: "Person", reason: "ServiceLogonDenied" },
  });
});
