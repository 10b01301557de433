/** Scenarios of Permissions, VendorPermissions and ProveSecretDenied (agent-host 5.1, 6.3 and 6.4). */
import { fails, rowsOf, usualRows } from "./rows-usual.ts";
import type { Scenario } from "./scenario.ts";
import { CONTAINER, ROOT } from "./stages.ts";

const GRANT = { mode: "Grant" };
const CONTAINER_RIGHTS = ["CreateGroups", "DeleteGroups", "WriteGroups"];
const allowed = (rights: readonly string[], place: string): readonly string[] =>
  rights.map((right) => `Allow ${right} on ${place}`);
const sufficient = { isSufficient: true };

const permit = rowsOf("Permissions", { before: "joined" });

export const PERMISSIONS_ROWS: readonly Scenario[] = [
  ...usualRows(permit, {
    sentence: "the three rights on groups come onto the container, and nothing elsewhere",
    parameters: GRANT,
    facts: sufficient,
    further: { rights: allowed(CONTAINER_RIGHTS, CONTAINER) },
  }),
  permit("Verify names what is missing, changes nothing and asks for no secret", {
    parameters: { setupSecretARN: "" },
    line: {
      outcome: "Succeeded",
      changed: false,
      facts: {
        isSufficient: false,
        findings: [{ distinguishedName: CONTAINER, effective: [], granted: [], missing: CONTAINER_RIGHTS, denied: [] }],
      },
    },
  }),
  permit("only what is missing is set", {
    trouble: { kind: "accessEntry", is: "partlyAllowed" },
    parameters: GRANT,
    line: {
      outcome: "Succeeded",
      changed: true,
      facts: { findings: [{ effective: ["WriteGroups"], granted: ["CreateGroups", "DeleteGroups"] }] },
    },
    further: { rights: allowed(["WriteGroups", "CreateGroups", "DeleteGroups"], CONTAINER) },
  }),
  permit("a deny entry is named under Verify", {
    trouble: { kind: "accessEntry", is: "deniedAbove" },
    line: {
      outcome: "Succeeded",
      changed: false,
      facts: { isSufficient: false, findings: [{ denied: ["WriteGroups"] }] },
    },
  }),
  permit("a deny entry is never overridden", {
    trouble: { kind: "accessEntry", is: "deniedAbove" },
    parameters: GRANT,
    line: fails("Person", "RightsDenied", false),
  }),
  permit("of two containers neither is touched when one does not exist", {
    parameters: { ...GRANT, provisioningContainers: `${CONTAINER}|OU=None,${ROOT}` },
    line: fails("Permanent", "ContainerNotFound", false),
  }),
  permit("a container of another domain", {
    parameters: { ...GRANT, provisioningContainers: "OU=EntraGroups,DC=emea,DC=example,DC=com" },
    line: fails("Permanent", "ContainerOutsideDomain", false),
  }),
  permit("a container of the directory itself, where powerful groups stand", {
    parameters: { ...GRANT, provisioningContainers: `CN=Users,${ROOT}` },
    line: fails("Permanent", "ContainerCritical", false),
  }),
  permit("a gMSA that does not exist", {
    parameters: { ...GRANT, gmsaName: "gmsaNone$" },
    line: fails("Permanent", "GMSANotFound", false),
  }),
  ...setUpTroubles(permit, GRANT),
  permit("no controller answers", {
    trouble: { kind: "controllersDown" },
    parameters: GRANT,
    line: fails("Transient", "DomainControllerUnreachable", false),
  }),
  permit("a host that the domain does not trust any more", {
    trouble: { kind: "takenOver" },
    parameters: GRANT,
    line: fails("Permanent", "DomainNotTrusted", false),
  }),
  permit("a host in no domain", { before: "fresh", line: fails("Permanent", "NotJoined", false) }),
  permit("a domain that is not the host's", {
    parameters: { domainName: "managed.example.com" },
    line: fails("Permanent", "JoinedElsewhere", false),
  }),
];

const vendor = rowsOf("VendorPermissions", { before: "configured" });
const REPLICATION = ["ReplicatingDirectoryChanges", "ReplicatingDirectoryChangesAll"];
const RESTRICT = { ...GRANT, types: "", restriction: "Restrict" };

export const VENDOR_PERMISSIONS_ROWS: readonly Scenario[] = [
  ...usualRows(vendor, {
    sentence: "the rights of the named types come onto the domain's root",
    parameters: GRANT,
    facts: { isSufficient: true, isServiceAccountRestricted: false },
    further: { rights: allowed(REPLICATION, ROOT) },
  }),
  vendor("Verify names what is missing, on any member and without a secret", {
    before: "joined",
    parameters: { setupSecretARN: "" },
    line: {
      outcome: "Succeeded",
      changed: false,
      facts: { isSufficient: false, findings: [{ distinguishedName: ROOT, missing: REPLICATION }] },
    },
  }),
  vendor("the gMSA's own object is restricted where asked", {
    parameters: RESTRICT,
    line: { outcome: "Succeeded", changed: true, facts: { isServiceAccountRestricted: true } },
    further: { isServiceAccountRestricted: true },
  }),
  vendor("a restricted object is left alone", {
    parameters: RESTRICT,
    runs: 2,
    line: { outcome: "Succeeded", changed: false, facts: { isServiceAccountRestricted: true } },
    further: { isServiceAccountRestricted: true },
  }),
  vendor("Verify restricts nothing", {
    parameters: { ...RESTRICT, mode: "Verify" },
    line: { outcome: "Succeeded", changed: false, facts: { isServiceAccountRestricted: false } },
  }),
  vendor("the vendor's cmdlet fails", {
    trouble: { kind: "ailment", is: "vendorCmdletFails" },
    parameters: GRANT,
    line: fails("Transient", "PermissionsFailed", false),
  }),
  vendor("no agent", { before: "joined", parameters: GRANT, line: fails("Permanent", "AgentNotInstalled", false) }),
  vendor("an agent without the domain", {
    before: "registered",
    parameters: GRANT,
    line: fails("Permanent", "DomainNotConfigured", false),
  }),
  vendor("another gMSA than the agent's own, on which the cmdlets would act", {
    trouble: { kind: "otherServiceAccount" },
    parameters: { ...GRANT, gmsaName: "gmsaOther$" },
    line: fails("Permanent", "ServiceAccountMismatch", false),
  }),
  vendor("a gMSA that does not exist", {
    parameters: { ...GRANT, gmsaName: "gmsaNone$" },
    line: fails("Permanent", "GMSANotFound", false),
  }),
  vendor("a deny entry is never overridden", {
    trouble: { kind: "accessEntry", is: "deniedAbove" },
    parameters: { ...GRANT, types: "UserGroupCreateDelete" },
    line: fails("Person", "RightsDenied", false),
  }),
  ...setUpTroubles(vendor, GRANT),
  vendor("no controller answers", {
    trouble: { kind: "controllersDown" },
    parameters: GRANT,
    line: fails("Transient", "DomainControllerUnreachable", false),
  }),
  vendor("a host that the domain does not trust any more", {
    trouble: { kind: "takenOver" },
    parameters: GRANT,
    line: fails("Permanent", "DomainNotTrusted", false),
  }),
];

function setUpTroubles(make: typeof permit, parameters: Readonly<Record<string, string>>): readonly Scenario[] {
  return [
    make("no set-up credential", {
      parameters: { ...parameters, setupSecretARN: "" },
      line: fails("Permanent", "SetupCredentialRequired", false),
    }),
    make("a set-up account that may not change the rights there", {
      trouble: { kind: "setupAccountDenied" },
      parameters,
      line: fails("Person", "SetupAccountDenied", false),
    }),
    make("a wrong password is refused once and locks nothing", {
      trouble: { kind: "secret", secret: "setup", is: "wrongPassword" },
      parameters,
      line: fails("Credential", "CredentialRefused", false),
    }),
    make("a secret that the role may not read", {
      trouble: { kind: "secret", secret: "setup", is: "denied" },
      parameters,
      line: fails("Person", "SecretAccessDenied", false),
    }),
  ];
}

const prove = rowsOf("ProveSecretDenied", { before: "configured" });
const SETUP = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/setup-AbCdEf";
const JOIN = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/join-AbCdEf";

export const PROVE_SECRET_DENIED_ROWS: readonly Scenario[] = [
  ...usualRows(prove, {
    sentence: "a secret that can still be read is named",
    changes: false,
    facts: { isDenied: false, openSecretARNs: [SETUP] },
  }),
  prove("no answer is no refusal", {
    trouble: { kind: "ailment", is: "secretsManagerUnreachable" },
    line: fails("Transient", "SecretsManagerUnreachable", false),
  }),
  prove("an image without AWS Tools proves nothing", {
    trouble: { kind: "ailment", is: "awsToolsMissing" },
    line: fails("Permanent", "AWSToolsMissing", false),
  }),
  prove("a refusal is the proof", {
    trouble: { kind: "secret", secret: "setup", is: "denied" },
    line: { outcome: "Succeeded", changed: false, facts: { isDenied: true, openSecretARNs: [] } },
  }),
  prove("one open secret among refused ones is named alone", {
    trouble: { kind: "secret", secret: "setup", is: "denied" },
    parameters: { secretARNs: `${SETUP},${JOIN}` },
    line: { outcome: "Succeeded", changed: false, facts: { isDenied: false, openSecretARNs: [JOIN] } },
  }),
  prove("a secret that does not exist was not refused", {
    trouble: { kind: "secret", secret: "setup", is: "missing" },
    line: { outcome: "Succeeded", changed: false, facts: { isDenied: false, openSecretARNs: [SETUP] } },
  }),
  prove("a fresh host proves it as well", {
    before: "fresh",
    line: { outcome: "Succeeded", changed: false, facts: { isDenied: false } },
  }),
];
