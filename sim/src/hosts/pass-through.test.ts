import { DEFAULT_INSTALLERS, type InstallerLayout } from "../layout/installers.ts";
import { DEFAULT_TENANTS, type TenantLayout } from "../layout/tenants.ts";
import { Bench } from "./test-bench.ts";
import {
  DOMAIN,
  INSTALL,
  joined,
  LEAVE,
  PASS_THROUGH_INSTALL,
  PASS_THROUGH_REGISTER,
  passThrough,
  TENANT_ID,
  TOKEN_SECRET,
} from "./test-steps.ts";

const SETUP = DEFAULT_INSTALLERS.installers[1]!;
const TENANT = DEFAULT_TENANTS.tenants[0]!;
const withSetup = (changes: Partial<InstallerLayout>): Bench =>
  new Bench({ layout: { installers: { installers: [{ ...SETUP, ...changes }] } } });
const withTenant = (changes: Partial<TenantLayout>): Bench =>
  new Bench({ layout: { tenants: { tenants: [{ ...TENANT, ...changes }] } } });
const agents = (bench: Bench): readonly { readonly status: string }[] =>
  bench.guests.control.tenantTruth(TENANT_ID)?.agents ?? [];

test("the agent is installed unregistered, then registered, each once", () => {
  const bench = new Bench();
  const instanceID = joined(bench, "1");
  const installed = { outcome: "Succeeded", facts: { agentVersion: "1.5.2482.0" } };
  expect(bench.run("PassThroughInstall", instanceID, PASS_THROUGH_INSTALL)).toMatchObject({
    changed: true,
    ...installed,
  });
  expect(bench.run("PassThroughInstall", instanceID, PASS_THROUGH_INSTALL)).toMatchObject({
    changed: false,
    ...installed,
  });
  expect(bench.run("PassThroughProbe", instanceID)).toMatchObject({
    facts: { tenantID: null, agentService: "Running", serviceAccount: "NT AUTHORITY\\NETWORK SERVICE" },
  });
  const registered = { outcome: "Succeeded", facts: { tenantID: TENANT_ID } };
  expect(bench.run("PassThroughRegister", instanceID, PASS_THROUGH_REGISTER)).toMatchObject({
    changed: true,
    ...registered,
  });
  expect(bench.run("PassThroughRegister", instanceID, PASS_THROUGH_REGISTER)).toMatchObject({
    changed: false,
    ...registered,
  });
  expect(agents(bench)).toHaveLength(1);
});

const installs: readonly (readonly [
  sentence: string,
  setup: Partial<InstallerLayout>,
  changes: object,
  error: object,
])[] = [
  ["no such object", {}, { versionID: "v0" }, { class: "Permanent", reason: "InstallerNotFound" }],
  [
    "an object that the role may not read",
    { readableBy: [] },
    {},
    { class: "Person", reason: "InstallerAccessDenied" },
  ],
  ["another hash", {}, { sha256: "0".repeat(64) }, { class: "Permanent", reason: "InstallerHashMismatch" }],
  ["a bad signature", { isSignatureValid: false }, {}, { class: "Permanent", reason: "InstallerSignatureInvalid" }],
  [
    "the provisioning agent's setup",
    { productName: "Microsoft Entra Provisioning Agent" },
    {},
    { class: "Permanent", reason: "InstallerProductMismatch" },
  ],
  [
    "a build without the government cloud",
    {},
    { tenantCloud: "USGovernment", version: "1.5.1000.0" },
    { class: "Permanent", reason: "InstallerVersionTooOld" },
  ],
  ["Azure China", {}, { tenantCloud: "China" }, { class: "Permanent", reason: "CloudUnsupported" }],
];
for (const [sentence, setup, changes, error] of installs) {
  test(`nothing is installed on ${sentence}`, () => {
    const bench = withSetup(setup);
    const instanceID = joined(bench, "1");
    expect(bench.run("PassThroughInstall", instanceID, { ...PASS_THROUGH_INSTALL, ...changes })).toMatchObject({
      error,
    });
    expect(bench.guests.control.truth(instanceID)).toMatchObject({ passThrough: null });
  });
}

test("the provisioning step refuses this setup likewise", () => {
  const bench = new Bench();
  const { productName } = INSTALL;
  const wrong = { ...INSTALL, ...PASS_THROUGH_INSTALL, productName };
  expect(bench.run("Install", joined(bench, "1"), wrong)).toMatchObject({
    error: { reason: "InstallerProductMismatch" },
  });
});

test("an account of another tenant than the wanted one registers there, and the step says that it is not seen", () => {
  const bench = new Bench();
  const wanted = { ...PASS_THROUGH_REGISTER, tenantID: "00000000-0000-0000-0000-000000000000" };
  const instanceID = joined(bench, "1");
  bench.run("PassThroughInstall", instanceID, PASS_THROUGH_INSTALL);
  const seen = bench.run("PassThroughRegister", instanceID, wanted);
  expect(seen).toMatchObject({ changed: true, error: { class: "Transient", reason: "RegistrationNotSeen" } });
  const again = bench.run("PassThroughRegister", instanceID, wanted);
  expect(again).toMatchObject({ changed: false, error: { class: "Permanent", reason: "RegisteredElsewhere" } });
});

const registrations: readonly (readonly [
  sentence: string,
  tenant: Partial<TenantLayout>,
  changes: object,
  error: object,
])[] = [
  [
    "an account that needs MFA",
    { accounts: [{ ...TENANT.accounts[0]!, requiresMFA: true }] },
    {},
    { class: "Credential", reason: "MFARequired" },
  ],
  ["Azure China", {}, { tenantCloud: "China" }, { class: "Permanent", reason: "CloudUnsupported" }],
  ["a tenant of another cloud", { cloud: "China" }, {}, { class: "Permanent", reason: "TenantNotFound" }],
  ["a tenant that does not answer", { isReachable: false }, {}, { class: "Transient", reason: "EntraUnreachable" }],
  [
    "a token where a credential is wanted",
    {},
    { secretARN: TOKEN_SECRET },
    { class: "Permanent", reason: "SecretMalformed" },
  ],
];
for (const [sentence, tenant, changes, error] of registrations) {
  test(`a registration leaves no record on ${sentence}`, () => {
    const bench = withTenant(tenant);
    const instanceID = joined(bench, "1");
    bench.run("PassThroughInstall", instanceID, PASS_THROUGH_INSTALL);
    expect(bench.run("PassThroughRegister", instanceID, { ...PASS_THROUGH_REGISTER, ...changes })).toMatchObject({
      error,
    });
    expect(agents(bench)).toEqual([]);
  });
}

test("a registration without the agent, and one of another tenant, say so", () => {
  const other = { ...TENANT, tenantID: "11111111-2222-3333-4444-555555555555" };
  const bench = new Bench({ layout: { tenants: { tenants: [TENANT, other] } } });
  const bare = joined(bench, "2");
  expect(bench.run("PassThroughRegister", bare, PASS_THROUGH_REGISTER)).toMatchObject({
    error: { reason: "AgentNotInstalled" },
  });
  const elsewhere = { ...PASS_THROUGH_REGISTER, tenantID: other.tenantID };
  expect(bench.run("PassThroughRegister", passThrough(bench, "1"), elsewhere)).toMatchObject({
    error: { class: "Permanent", reason: "RegisteredElsewhere" },
  });
});

test("the agent runs through a restart of the host, its record falls silent with it, and the probe reads both sides", () => {
  const bench = new Bench();
  const instanceID = passThrough(bench, "1");
  expect(agents(bench)).toMatchObject([{ status: "active" }]);
  bench.end(instanceID, "stop");
  bench.clock.advance(2 * 3_600_000);
  expect(agents(bench)).toMatchObject([{ status: "inactive" }]);
  bench.start(instanceID);
  bench.clock.advance(10 * 60_000);
  expect(agents(bench)).toMatchObject([{ status: "active" }]);
  expect(bench.run("PassThroughProbe", instanceID)).toMatchObject({
    changed: false,
    facts: {
      computerName: "CSA1",
      domain: DOMAIN,
      isDomainTrusted: true,
      tenantID: TENANT_ID,
      agentService: "Running",
    },
  });
  expect(bench.run("Probe", instanceID)).toMatchObject({ facts: { agentService: "Missing", tenantID: null } });
});

test("a leaving host stops this agent too", () => {
  const bench = new Bench();
  const instanceID = passThrough(bench, "1");
  expect(bench.run("LeaveDomain", instanceID, LEAVE)).toMatchObject({ changed: true });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ passThrough: { serviceState: "Stopped" } });
});
