/** Scenarios of Install and Register (agent-host 3, 5, 17.5 and 17.6). */
import type { Scenario } from "./scenario.ts";
import { AGENT_VERSION, TENANT } from "./stages.ts";

type Row = Omit<Scenario, "sentence" | "step" | "before"> & Partial<Scenario>;
const install = (sentence: string, row: Row): Scenario => ({
  step: "Install",
  before: "joined",
  ...row,
  sentence: `Install: ${sentence}`,
});
const register = (sentence: string, row: Row): Scenario => ({
  step: "Register",
  before: "installed",
  ...row,
  sentence: `Register: ${sentence}`,
});
const fails = (errorClass: string, reason: string): Scenario["line"] => ({
  outcome: "Failed",
  error: { class: errorClass, reason },
});

const INSTALLED = {
  agentVersion: AGENT_VERSION,
  agentService: "Running",
  serviceAccount: "NT SERVICE\\AADConnectProvisioningAgent",
} as const;
const INSTALL_FACTS = { agentVersion: AGENT_VERSION };

export const INSTALL_ROWS: readonly Scenario[] = [
  install("the verified setup installs the agent", {
    line: { outcome: "Succeeded", changed: true, facts: INSTALL_FACTS },
    after: INSTALLED,
  }),
  install("an installed agent is left alone", {
    before: "installed",
    line: { outcome: "Succeeded", changed: false, facts: INSTALL_FACTS },
  }),
  install("a configured agent keeps account, registration and domains", {
    before: "configured",
    line: { outcome: "Succeeded", changed: false, facts: INSTALL_FACTS },
  }),
  install("the same command twice answers with the first result", {
    runs: 2,
    repeats: true,
    line: { outcome: "Succeeded", changed: true, facts: INSTALL_FACTS },
    after: INSTALLED,
  }),
  install("the power goes before anything is done, and it is done once in the end", {
    interruption: { kind: "power", when: "before" },
    runs: 2,
    line: { outcome: "Succeeded", facts: INSTALL_FACTS },
    after: INSTALLED,
  }),
  install("the power goes when all is done, and the next command finds it done", {
    interruption: { kind: "power", when: "after" },
    runs: 2,
    line: { outcome: "Succeeded", changed: false, facts: INSTALL_FACTS },
    after: INSTALLED,
  }),
  install("an object that does not exist", {
    trouble: { kind: "installer", is: "missing" },
    line: fails("Permanent", "InstallerNotFound"),
  }),
  install("an object that the role may not read", {
    trouble: { kind: "installer", is: "denied" },
    line: fails("Person", "InstallerAccessDenied"),
  }),
  install("an object of another hash is never run", {
    trouble: { kind: "installer", is: "otherHash" },
    line: fails("Permanent", "InstallerHashMismatch"),
  }),
  install("a setup whose signature is not valid is never run", {
    trouble: { kind: "installer", is: "badSignature" },
    line: fails("Permanent", "InstallerSignatureInvalid"),
  }),
  install("another installation runs", {
    trouble: { kind: "installerBusy" },
    line: fails("Transient", "AnotherInstallRuns"),
  }),
  install("another installation ran, and the next command succeeds", {
    trouble: { kind: "installerBusy" },
    runs: 2,
    line: { outcome: "Succeeded", changed: true, facts: INSTALL_FACTS },
    after: INSTALLED,
  }),
];

const REGISTER_FACTS = { tenantID: TENANT };

export const REGISTER_ROWS: readonly Scenario[] = [
  register("a stored account registers the agent", {
    line: { outcome: "Succeeded", changed: true, facts: REGISTER_FACTS },
    after: { tenantID: TENANT },
  }),
  register("a stored token registers the agent", {
    parameters: { mode: "AccessToken" },
    line: { outcome: "Succeeded", changed: true, facts: REGISTER_FACTS },
    after: { tenantID: TENANT },
  }),
  register("a registered agent is left alone", {
    before: "registered",
    line: { outcome: "Succeeded", changed: false, facts: REGISTER_FACTS },
  }),
  register("the same command twice answers with the first result", {
    runs: 2,
    repeats: true,
    line: { outcome: "Succeeded", changed: true, facts: REGISTER_FACTS },
    after: { tenantID: TENANT },
  }),
  register("the power goes before anything is done, and it is done once in the end", {
    interruption: { kind: "power", when: "before" },
    runs: 2,
    line: { outcome: "Succeeded", facts: REGISTER_FACTS },
    after: { tenantID: TENANT },
  }),
  register("the power goes when all is done, and the next command finds it done", {
    interruption: { kind: "power", when: "after" },
    runs: 2,
    line: { outcome: "Succeeded", changed: false, facts: REGISTER_FACTS },
    after: { tenantID: TENANT },
  }),
  register("no agent is installed", { before: "joined", line: fails("Permanent", "AgentNotInstalled") }),
  register("an agent of another tenant is not taken over", {
    before: "registered",
    parameters: { tenantID: "00000000-0000-4000-8000-000000000000" },
    line: fails("Permanent", "RegisteredElsewhere"),
  }),
  register("a wrong password", {
    trouble: { kind: "secret", secret: "registration", is: "wrongPassword" },
    line: fails("Credential", "CredentialRefused"),
  }),
  register("a wrong token", {
    trouble: { kind: "secret", secret: "token", is: "wrongPassword" },
    parameters: { mode: "AccessToken" },
    line: fails("Credential", "TokenRefused"),
  }),
  register("an account that has to answer an MFA challenge", {
    trouble: { kind: "registrationAccount", is: "mfa" },
    line: fails("Credential", "MFARequired"),
  }),
  register("an account of another tenant than the wanted one, which is seen afterwards", {
    parameters: { tenantID: "00000000-0000-4000-8000-000000000000" },
    line: fails("Transient", "RegistrationNotSeen"),
    after: { tenantID: TENANT },
  }),
  register("a token for a tenant that does not exist", {
    parameters: { mode: "AccessToken", tenantID: "00000000-0000-4000-8000-000000000000" },
    line: fails("Permanent", "TenantNotFound"),
  }),
  register("a token where the installed agent takes none", {
    trouble: { kind: "ailment", is: "tokenlessAgent" },
    parameters: { mode: "AccessToken" },
    line: fails("Permanent", "AccessTokenUnsupported"),
  }),
  register("a token in a cloud that takes none", {
    parameters: { mode: "AccessToken", tenantCloud: "USGovernment" },
    line: fails("Permanent", "AccessTokenUnsupported"),
  }),
  register("a token that module logging would write down", {
    trouble: { kind: "ailment", is: "moduleLoggingOn" },
    parameters: { mode: "AccessToken" },
    line: fails("Person", "ModuleLoggingOn"),
  }),
  register("an account without the role, which no code tells from a wrong password", {
    trouble: { kind: "registrationAccount", is: "roleMissing" },
    line: fails("Credential", "CredentialRefused"),
  }),
  register("a secret without a user name", {
    trouble: { kind: "secret", secret: "registration", is: "nameless" },
    line: fails("Permanent", "SecretMalformed"),
  }),
  register("a guest", {
    trouble: { kind: "registrationAccount", is: "guest" },
    line: fails("Credential", "GuestAccount"),
  }),
  register("a disabled account", {
    trouble: { kind: "registrationAccount", is: "disabled" },
    line: fails("Credential", "AccountDisabled"),
  }),
  register("a secret that the role may not read", {
    trouble: { kind: "secret", secret: "registration", is: "denied" },
    line: fails("Person", "SecretAccessDenied"),
  }),
  register("no way out to Entra", {
    trouble: { kind: "entraUnreachable" },
    line: fails("Transient", "EntraUnreachable"),
  }),
];
