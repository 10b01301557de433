/** Scenarios of the Pass-through Authentication steps (agent-host 14). */
import { fails, rowsOf, usualRows } from "./rows-usual.ts";
import type { Scenario } from "./scenario.ts";
import { COMPUTER, DOMAIN, PASS_THROUGH_VERSION, TENANT } from "./stages.ts";

const install = rowsOf("PassThroughInstall", { before: "joined" });
const INSTALLED = { version: PASS_THROUGH_VERSION, service: "Running", tenantID: null } as const;
const INSTALL_FACTS = { agentVersion: PASS_THROUGH_VERSION };

export const PASS_THROUGH_INSTALL_ROWS: readonly Scenario[] = [
  ...usualRows(install, {
    sentence: "the verified setup installs the agent, unregistered",
    facts: INSTALL_FACTS,
    further: { passThrough: INSTALLED },
  }),
  install("a registered agent keeps its registration", {
    before: "passThroughRegistered",
    line: { outcome: "Succeeded", changed: false, facts: INSTALL_FACTS },
  }),
  install("an object that does not exist", {
    trouble: { kind: "installer", is: "missing" },
    line: fails("Permanent", "InstallerNotFound", false),
  }),
  install("an object that the role may not read", {
    trouble: { kind: "installer", is: "denied" },
    line: fails("Person", "InstallerAccessDenied", false),
  }),
  install("a bucket of another account than the catalogue's", {
    parameters: { bucketOwner: "444455556666" },
    line: fails("Person", "InstallerAccessDenied", false),
  }),
  install("an object of another hash is never run", {
    trouble: { kind: "installer", is: "otherHash" },
    line: fails("Permanent", "InstallerHashMismatch", false),
  }),
  install("a setup whose signature is not valid is never run", {
    trouble: { kind: "installer", is: "badSignature" },
    line: fails("Permanent", "InstallerSignatureInvalid", false),
  }),
  install("a setup of another product is never run", {
    parameters: { productName: "Microsoft Entra Provisioning Agent" },
    line: fails("Permanent", "InstallerProductMismatch", false),
  }),
  install("a version that the government cloud does not know", {
    parameters: { tenantCloud: "USGovernment", version: "1.5.1000.0" },
    line: fails("Permanent", "InstallerVersionTooOld", false),
  }),
  install("a cloud that has no such agent", {
    parameters: { tenantCloud: "China" },
    line: fails("Permanent", "CloudUnsupported", false),
  }),
  install("another installation runs", {
    trouble: { kind: "installerBusy" },
    line: fails("Transient", "AnotherInstallRuns", false),
  }),
];

const register = rowsOf("PassThroughRegister", { before: "passThroughInstalled" });
const REGISTERED = { passThrough: { ...INSTALLED, tenantID: TENANT } };

export const PASS_THROUGH_REGISTER_ROWS: readonly Scenario[] = [
  ...usualRows(register, {
    sentence: "a stored account registers the agent",
    facts: { tenantID: TENANT },
    further: REGISTERED,
  }),
  register("no agent is installed", { before: "joined", line: fails("Permanent", "AgentNotInstalled", false) }),
  register("a provisioning agent is not the agent", {
    before: "installed",
    line: fails("Permanent", "AgentNotInstalled", false),
  }),
  register("an agent of another tenant is not taken over", {
    before: "passThroughRegistered",
    parameters: { tenantID: "00000000-0000-4000-8000-000000000000" },
    line: fails("Permanent", "RegisteredElsewhere", false),
  }),
  register("an account of another tenant than the wanted one, which is seen afterwards", {
    parameters: { tenantID: "00000000-0000-4000-8000-000000000000" },
    line: fails("Transient", "RegistrationNotSeen", true),
    further: REGISTERED,
  }),
  register("the cloud is the setup's, not the parameter's", {
    parameters: { tenantCloud: "USGovernment" },
    line: { outcome: "Succeeded", changed: true, facts: { tenantID: TENANT } },
    further: REGISTERED,
  }),
  register("a cloud that has no such agent", {
    parameters: { tenantCloud: "China" },
    line: fails("Permanent", "CloudUnsupported", false),
  }),
  register("no way out to Entra", {
    trouble: { kind: "entraUnreachable" },
    line: fails("Transient", "EntraUnreachable", false),
  }),
  register("a secret without a user name", {
    trouble: { kind: "secret", secret: "registration", is: "nameless" },
    line: fails("Permanent", "SecretMalformed", false),
  }),
  register("a wrong password", {
    trouble: { kind: "secret", secret: "registration", is: "wrongPassword" },
    line: fails("Credential", "CredentialRefused", false),
  }),
  register("a secret that the role may not read", {
    trouble: { kind: "secret", secret: "registration", is: "denied" },
    line: fails("Person", "SecretAccessDenied", false),
  }),
  register("a secret that does not exist", {
    trouble: { kind: "secret", secret: "registration", is: "missing" },
    line: fails("Permanent", "SecretNotFound", false),
  }),
  register("an account that has to answer an MFA challenge", {
    trouble: { kind: "registrationAccount", is: "mfa" },
    line: fails("Credential", "MFARequired", false),
  }),
  register("an account without the role, which no code tells from a wrong password", {
    trouble: { kind: "registrationAccount", is: "roleMissing" },
    line: fails("Credential", "CredentialRefused", false),
  }),
  register("a guest", {
    trouble: { kind: "registrationAccount", is: "guest" },
    line: fails("Credential", "GuestAccount", false),
  }),
  register("a disabled account", {
    trouble: { kind: "registrationAccount", is: "disabled" },
    line: fails("Credential", "AccountDisabled", false),
  }),
];

const probe = rowsOf("PassThroughProbe", { before: "passThroughRegistered" });

export const PASS_THROUGH_PROBE_ROWS: readonly Scenario[] = [
  ...usualRows(probe, {
    sentence: "tells a registered agent as it is",
    changes: false,
    facts: {
      computerName: COMPUTER,
      domain: DOMAIN,
      isDomainTrusted: true,
      agentVersion: PASS_THROUGH_VERSION,
      agentService: "Running",
      serviceAccount: "NT AUTHORITY\\NETWORK SERVICE",
      tenantID: TENANT,
      isEntraReachable: true,
      pendingReboot: false,
    },
  }),
  probe("tells a host without this agent, whatever other agent it has", {
    before: "configured",
    line: {
      outcome: "Succeeded",
      changed: false,
      // One updater serves both agents.
      facts: { agentVersion: null, agentService: "Missing", updaterService: "Running", tenantID: null },
    },
  }),
  probe("tells a host without any agent", {
    before: "joined",
    line: { outcome: "Succeeded", changed: false, facts: { agentService: "Missing", updaterService: "Missing" } },
  }),
  probe("an untrusted answer is not taken for health", {
    trouble: { kind: "controllersDown" },
    line: { outcome: "Succeeded", changed: false, facts: { isDomainTrusted: false } },
  }),
  probe("a host whose name another took over", {
    trouble: { kind: "takenOver" },
    line: { outcome: "Succeeded", changed: false, facts: { isDomainTrusted: false } },
  }),
  probe("no way out to Entra", {
    trouble: { kind: "entraUnreachable" },
    line: { outcome: "Succeeded", changed: false, facts: { isEntraReachable: false } },
  }),
];
