/** Scenarios of Preflight, Configure, Probe and Drain (agent-host 6, 9, 12, 17.1 and 17.7). */
import type { Scenario } from "./scenario.ts";
import { AGENT_VERSION, COMPUTER, DOMAIN, GMSA, TENANT } from "./stages.ts";

type Row = Omit<Scenario, "sentence" | "step" | "before"> & Partial<Scenario>;
const configure = (sentence: string, row: Row): Scenario => ({
  step: "Configure",
  before: "registered",
  ...row,
  sentence: `Configure: ${sentence}`,
});
const fails = (errorClass: string, reason: string): Scenario["line"] => ({
  outcome: "Failed",
  error: { class: errorClass, reason },
});

const CONFIGURED = { serviceAccount: GMSA, configuredDomains: [DOMAIN] };
const CREATE = { gmsaMode: "Create", gmsaName: "gmsaNew$", setupSecretARN: "setup" };

export const CONFIGURE_ROWS: readonly Scenario[] = [
  configure("gMSA and domain are set and the service runs", {
    line: { outcome: "Succeeded", changed: true, facts: CONFIGURED },
    after: CONFIGURED,
  }),
  configure("a configured agent is left as it is", {
    before: "configured",
    line: { outcome: "Succeeded", changed: false, facts: CONFIGURED },
  }),
  configure("the same command twice answers with the first result", {
    runs: 2,
    repeats: true,
    line: { outcome: "Succeeded", changed: true, facts: CONFIGURED },
    after: CONFIGURED,
  }),
  configure("the power goes before anything is done, and it is done once in the end", {
    interruption: { kind: "power", when: "before" },
    runs: 2,
    line: { outcome: "Succeeded", facts: CONFIGURED },
    after: CONFIGURED,
  }),
  configure("the power goes when all is done, and the next command finds it done", {
    interruption: { kind: "power", when: "after" },
    runs: 2,
    line: { outcome: "Succeeded", changed: false, facts: CONFIGURED },
    after: CONFIGURED,
  }),
  configure("an agent that is not registered", { before: "installed", line: fails("Permanent", "NotRegistered") }),
  configure("a host that somebody took out of its domain", {
    trouble: { kind: "membership", is: "left" },
    line: fails("Permanent", "NotJoined"),
    after: { domain: null },
  }),
  configure("the vendor's cmdlet fails", {
    trouble: { kind: "ailment", is: "vendorCmdletFails" },
    line: fails("Transient", "ConfigureFailed"),
  }),
  configure("the vendor's cmdlet ends well, and the service keeps its account", {
    trouble: { kind: "ailment", is: "accountNotSet" },
    line: fails("Transient", "ServiceAccountNotSet"),
    after: { configuredDomains: [DOMAIN] },
  }),
  configure("no agent", { before: "joined", line: fails("Permanent", "AgentNotInstalled") }),
  configure("a gMSA that does not exist", {
    trouble: { kind: "gmsa", is: "missing" },
    line: fails("Permanent", "GMSANotFound"),
  }),
  configure("a gMSA that the host may not use", {
    trouble: { kind: "gmsa", is: "notAllowed" },
    line: fails("Person", "TestADServiceAccountFalse"),
  }),
  configure("a policy against logon as a service", {
    trouble: { kind: "gmsa", is: "logonDenied" },
    line: fails("Person", "ServiceLogonDenied"),
  }),
  configure("no controller answers", {
    trouble: { kind: "controllersDown" },
    line: fails("Transient", "DomainControllerUnreachable"),
  }),
  configure("another NetBIOS name", {
    parameters: { netBIOSName: "OTHER" },
    line: fails("Permanent", "NetBIOSNameMismatch"),
  }),
  configure("a creation without a set-up credential", {
    parameters: { ...CREATE, setupSecretARN: "" },
    line: fails("Permanent", "SetupCredentialRequired"),
  }),
  configure("a creation with a wrong password", {
    trouble: { kind: "secret", secret: "setup", is: "wrongPassword" },
    parameters: CREATE,
    line: fails("Credential", "CredentialRefused"),
  }),
  configure("a set-up account without the right", {
    trouble: { kind: "setupAccountDenied" },
    parameters: CREATE,
    line: fails("Person", "SetupAccountDenied"),
  }),
  configure("no KDS root key", {
    trouble: { kind: "kdsRootKey", is: "absent" },
    parameters: CREATE,
    line: fails("Person", "KDSRootKeyMissing"),
  }),
  configure("a KDS root key younger than ten hours", {
    trouble: { kind: "kdsRootKey", is: "young" },
    parameters: CREATE,
    line: fails("Transient", "KDSRootKeyMissing"),
  }),
];

export const QUIET_ROWS: readonly Scenario[] = [
  {
    sentence: "Preflight: looks at everything and changes nothing",
    step: "Preflight",
    before: "fresh",
    line: { outcome: "Succeeded", changed: false },
    failing: [],
  },
  {
    sentence: "Preflight: tells unreachable controllers and goes on",
    step: "Preflight",
    before: "fresh",
    trouble: { kind: "controllersDown" },
    parameters: { domainControllers: "10.0.1.10" },
    line: { outcome: "Succeeded", changed: false },
    failing: ["DomainController 10.0.1.10", "DirectoryWebServices 10.0.1.10"],
  },
  {
    sentence: "Preflight: tells closed AD Web Services apart from an unreachable controller",
    step: "Preflight",
    before: "fresh",
    trouble: { kind: "webServicesClosed" },
    parameters: { domainControllers: "10.0.1.10" },
    line: { outcome: "Succeeded", changed: false },
    failing: ["DirectoryWebServices 10.0.1.10"],
  },
  {
    sentence: "Probe: tells a configured host as it is",
    step: "Probe",
    before: "configured",
    line: {
      outcome: "Succeeded",
      changed: false,
      facts: {
        computerName: COMPUTER,
        domain: DOMAIN,
        isDomainTrusted: true,
        agentVersion: AGENT_VERSION,
        agentService: "Running",
        serviceAccount: GMSA,
        isGMSAUsable: true,
        tenantID: TENANT,
        configuredDomains: [DOMAIN],
        pendingReboot: false,
      },
    },
  },
  {
    sentence: "Probe: tells a fresh host as it is",
    step: "Probe",
    before: "fresh",
    line: {
      outcome: "Succeeded",
      changed: false,
      facts: { domain: null, agentVersion: null, agentService: "Missing", tenantID: null, configuredDomains: [] },
    },
  },
  {
    sentence: "Probe: an untrusted answer is not taken for health",
    step: "Probe",
    before: "configured",
    trouble: { kind: "controllersDown" },
    line: { outcome: "Succeeded", changed: false, facts: { isDomainTrusted: false } },
  },
  {
    sentence: "Drain: stops the service and leaves all else",
    step: "Drain",
    before: "configured",
    line: { outcome: "Succeeded", changed: true, facts: { agentService: "Stopped" } },
    after: { agentService: "Stopped" },
  },
  {
    sentence: "Drain: a service that does not stop is told",
    step: "Drain",
    before: "configured",
    trouble: { kind: "ailment", is: "serviceHangs" },
    line: { outcome: "Failed", changed: true, error: { class: "Transient", reason: "ServiceNotStopped" } },
  },
  {
    sentence: "Drain: a stopped service is left alone",
    step: "Drain",
    before: "drained",
    line: { outcome: "Succeeded", changed: false, facts: { agentService: "Stopped" } },
  },
  {
    sentence: "Drain: a host without an agent has nothing to stop",
    step: "Drain",
    before: "joined",
    line: { outcome: "Succeeded", changed: false, facts: { agentService: "Missing" } },
  },
  {
    sentence: "Drain: the same command twice answers with the first result",
    step: "Drain",
    before: "configured",
    runs: 2,
    repeats: true,
    line: { outcome: "Succeeded", changed: true, facts: { agentService: "Stopped" } },
    after: { agentService: "Stopped" },
  },
];
