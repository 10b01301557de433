import { DEFAULT_DOMAINS } from "../layout/domains.ts";
import { DEFAULT_INSTALLERS } from "../layout/installers.ts";
import { Bench, domainSection } from "./test-bench.ts";
import {
  CONFIGURE,
  configured,
  DOMAIN,
  HOST_GROUP,
  INSTALL,
  installed,
  JOIN,
  REGISTER,
  SETUP_SECRET,
} from "./test-steps.ts";

const CORP = DEFAULT_DOMAINS.domains[0]!;
const GMSA = CORP.serviceAccounts[0]!;
const create = { gmsaMode: "Create", gmsaName: "gmsaNew$", setupSecretARN: SETUP_SECRET };

function registered(bench: Bench, id = "1"): string {
  const instanceID = installed(bench, id);
  bench.run("Register", instanceID, REGISTER);
  return instanceID;
}

const rows: readonly (readonly [sentence: string, layout: object, changes: object, error: object])[] = [
  ["a gMSA that does not exist", {}, { gmsaName: "gmsaNone$" }, { class: "Permanent", reason: "GMSANotFound" }],
  ["another NetBIOS name", {}, { netBIOSName: "OTHER" }, { class: "Permanent", reason: "NetBIOSNameMismatch" }],
  [
    "a gMSA that the host may not use",
    { serviceAccounts: [{ ...GMSA, principalGroups: [] }] },
    {},
    { class: "Person", reason: "TestADServiceAccountFalse" },
  ],
  [
    "a policy against logon as a service",
    { serviceAccounts: [{ ...GMSA, isServiceLogonDenied: true }] },
    {},
    { class: "Person", reason: "ServiceLogonDenied" },
  ],
  [
    "a creation without set-up credential",
    {},
    { ...create, setupSecretARN: "" },
    { class: "Permanent", reason: "SetupCredentialRequired" },
  ],
  [
    "a set-up account without the right",
    {},
    { ...create, setupSecretARN: JOIN.credentialSecretARN },
    { class: "Person", reason: "SetupAccountDenied" },
  ],
  [
    "a KDS root key younger than ten hours",
    { kdsRootKeyAgeHours: 1 },
    create,
    { class: "Transient", reason: "KDSRootKeyMissing" },
  ],
  [
    "preferred controllers that are none",
    {},
    { preferredDomainControllers: "dc9.corp.example.com" },
    { class: "Transient", reason: "DomainControllerUnreachable" },
  ],
];
for (const [sentence, layout, changes, error] of rows) {
  test(`a configuration fails on ${sentence} and leaves the agent without a domain`, () => {
    const bench = new Bench({ layout: domainSection(layout) });
    const instanceID = registered(bench);
    expect(bench.run("Configure", instanceID, { ...CONFIGURE, ...changes })).toMatchObject({
      outcome: "Failed",
      error,
    });
    expect(bench.guests.control.truth(instanceID)).toMatchObject({ configuredDomains: [], isWorking: false });
  });
}

test("a membership counts only after the next restart: the ticket is older", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.run("Join", instanceID, { ...JOIN, hostGroup: "" });
  bench.run("Install", instanceID, INSTALL);
  bench.run("Register", instanceID, REGISTER);
  const configure = (): unknown => bench.run("Configure", instanceID, CONFIGURE);
  expect(configure()).toMatchObject({ error: { class: "Person", reason: "TestADServiceAccountFalse" } });
  bench.guests.control.addGroupMember(DOMAIN, HOST_GROUP, JOIN.computerName);
  expect(configure()).toMatchObject({ error: { class: "Transient", reason: "TestADServiceAccountFalse" } });
  bench.end(instanceID, "stop");
  bench.start(instanceID);
  bench.clock.advance(10 * 60_000);
  expect(configure()).toMatchObject({ outcome: "Succeeded" });
});

test("an agent that is not registered is not configured", () => {
  const bench = new Bench();
  const instanceID = installed(bench, "1");
  expect(bench.run("Configure", instanceID, CONFIGURE)).toMatchObject({
    error: { class: "Permanent", reason: "NotRegistered" },
  });
});

test("an agent older than 1.1.2505.0 needs a set-up credential even for an existing gMSA", () => {
  const installers = [{ ...DEFAULT_INSTALLERS.installers[0]!, version: "1.1.2334.0" }];
  const bench = new Bench({ layout: { installers: { installers } } });
  const instanceID = bench.online("1");
  bench.run("Join", instanceID, JOIN);
  bench.run("Install", instanceID, { ...INSTALL, version: "1.1.2334.0" });
  bench.run("Register", instanceID, REGISTER);
  expect(bench.run("Configure", instanceID, CONFIGURE)).toMatchObject({ error: { reason: "SetupCredentialRequired" } });
  expect(bench.run("Configure", instanceID, { ...CONFIGURE, setupSecretARN: SETUP_SECRET })).toMatchObject({
    outcome: "Succeeded",
  });
});

test("the first host creates the gMSA and the next one is added to its principals", () => {
  const bench = new Bench();
  for (const id of ["1", "2"]) {
    expect(bench.run("Configure", registered(bench, id), { ...CONFIGURE, ...create })).toMatchObject({
      outcome: "Succeeded",
      facts: { serviceAccount: "CORP\\gmsaNew$" },
    });
  }
  expect(bench.guests.control.domainTruth(DOMAIN)?.serviceAccounts).toEqual(["gmsaCloudSync$", "gmsaNew$"]);
});

test("the agent's default gMSA is made once and shared", () => {
  const bench = new Bench();
  const facts = ["1", "2"].map((id) => {
    const changes = { gmsaMode: "AgentDefault", gmsaName: "", setupSecretARN: SETUP_SECRET };
    return bench.run("Configure", registered(bench, id), { ...CONFIGURE, ...changes }).facts;
  });
  expect(facts[0]?.["serviceAccount"]).toMatch(/^CORP\\pGMSA_[0-9a-f]{8}\$$/);
  expect(facts[1]).toEqual(facts[0]);
});

test("a service whose gMSA is not usable at boot stays stopped, and the probe says so", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  for (const { name } of CORP.controllers) bench.guests.control.setControllerUp(DOMAIN, name, false);
  bench.end(instanceID, "stop");
  bench.start(instanceID);
  bench.clock.advance(10 * 60_000);
  expect(bench.run("Probe", instanceID)).toMatchObject({
    facts: {
      agentService: "Stopped",
      isGMSAUsable: false,
      isDomainTrusted: false,
      unreachableDomainControllers: ["10.0.1.10", "10.0.2.10"],
    },
  });
});
