/** What a tenant says of its identities: a table of sentences, and the laws behind it. */
import fc from "fast-check";
import type { Failure } from "../../runtime/failure.ts";
import { aTenant, SERVICE_PRINCIPAL_ID } from "../testing.ts";
import { clientOwner } from "./ownership.ts";
import { judgePermissions } from "./permissions.ts";
import { countConfigurations, judgeLicence } from "./licence.ts";
import { decideTenant } from "./decide.ts";
import type { DeclaredConfiguration, IdentityEvidence, TenantSnapshot } from "./snapshot.ts";
import { tenantFindings, tenantShown } from "./summary.ts";

const NOW_MS = Date.parse("2026-11-22T08:00:00Z");
const DAY_MS = 24 * 3_600_000;
const OWN_ID = "11111111-0000-4000-8000-000000000001";
/** The least set of a tenant with one configuration, scopes and tests, all advisory rights included. */
const LEAST = [
  "Application.Read.All",
  "Synchronization.ReadWrite.All",
  "GroupMember.Read.All",
  "User.Read.All",
  "AppRoleAssignment.ReadWrite.All",
  "ProvisioningLog.Read.All",
  "LicenseAssignment.Read.All",
];

function issued(roles: readonly string[], others: object = {}): IdentityEvidence {
  const facts = { roles, servicePrincipalID: OWN_ID, tokenExpiresAtMs: NOW_MS + 3_600_000, ...others };
  return { kind: "issued", facts, own: undefined };
}

function declared(overrides: Partial<DeclaredConfiguration> = {}): DeclaredConfiguration {
  return {
    path: "identity/corp-groups",
    connector: "EntraToAD",
    isEnforced: true,
    isDeletedOutside: false,
    isAdopted: false,
    servicePrincipalID: SERVICE_PRINCIPAL_ID,
    hasScopes: true,
    hasTests: true,
    hasAdministrativeUnits: false,
    owners: undefined,
    ...overrides,
  };
}

function aSnapshot(overrides: Partial<TenantSnapshot> = {}): TenantSnapshot {
  const tenant = overrides.tenant ?? aTenant();
  return {
    tenant,
    owner: tenant,
    isPaused: false,
    credential: issued(LEAST),
    scopeCredential: undefined,
    configurations: [declared()],
    found: { kind: "complete", items: [SERVICE_PRINCIPAL_ID] },
    skus: {
      kind: "complete",
      items: [{ skuPartNumber: "AAD_PREMIUM", servicePlanNames: ["AAD_PREMIUM"], isEnabled: true }],
    },
    dependants: [],
    nowMs: NOW_MS,
    ...overrides,
  };
}

function finding(snapshot: TenantSnapshot, type: string) {
  const found = tenantFindings(snapshot, decideTenant(snapshot)).find((one) => one.type === type);
  if (found === undefined) throw new Error(`no finding ${type}`);
  return found;
}

const without = (...permissions: readonly string[]) => LEAST.filter((role) => !permissions.includes(role));
const failure = (failureClass: Failure["class"], reason: string): Failure => ({
  class: failureClass,
  reason,
  message: "m",
  fix: "f",
});

test("with the least set everything is granted, and the tenant is Ready", () => {
  const snapshot = aSnapshot();
  expect(finding(snapshot, "PermissionsGranted")).toMatchObject({ status: "True", reason: "Granted" });
  expect(finding(snapshot, "Ready")).toMatchObject({ status: "True", reason: "Ready" });
  expect(tenantShown(snapshot).missingPermissions).toBeUndefined();
});

test.each([
  ["Application.Read.All", "finding configurations"],
  ["Synchronization.ReadWrite.All", "changing, testing and starting identity/corp-groups"],
  ["GroupMember.Read.All", "resolving groups"],
  ["AppRoleAssignment.ReadWrite.All", "scopes only plan"],
])("without %s the first pass names it, and that it stops %s", (permission, stops) => {
  const snapshot = aSnapshot({ credential: issued(without(permission)) });
  expect(finding(snapshot, "PermissionsGranted")).toMatchObject({ status: "False", reason: "PermissionsMissing" });
  expect(finding(snapshot, "Stalled")).toMatchObject({ status: "True" });
  const [missing, ...others] = tenantShown(snapshot).missingPermissions ?? [];
  expect(others.length).toBeLessThanOrEqual(1); // Application.Read.All is needed by both identities' work
  expect(missing).toMatchObject({
    permission,
    identity: "Credential",
    stops: expect.stringContaining(stops) as string,
  });
});

test.each(["User.Read.All", "ProvisioningLog.Read.All", "LicenseAssignment.Read.All"])(
  "without %s something stays unknown, and nothing stops",
  (permission) => {
    const snapshot = aSnapshot({ credential: issued(without(permission)) });
    expect(finding(snapshot, "PermissionsGranted")).toMatchObject({ status: "True", reason: "GrantedWithGaps" });
    expect(finding(snapshot, "Ready")).toMatchObject({ status: "True" });
    expect(tenantShown(snapshot).missingPermissions).toMatchObject([{ permission }]);
  },
);

const OWNED = [...without("Synchronization.ReadWrite.All"), "Application.ReadWrite.OwnedBy"];
const unread = { kind: "failed", failure: failure("Transient", "GraphUnavailable") } as const;
test.each([
  ["counts where the owners hold the caller", { kind: "complete", items: ["someone", OWN_ID] }, "True", "Granted"],
  ["does not where they do not", { kind: "complete", items: ["someone"] }, "False", "PermissionsMissing"],
  ["is unclear where they were not read (S5)", unread, "Unknown", "OwnersUnread"],
  ["is unclear where they were read in part", { ...unread, kind: "partial", items: ["x"] }, "Unknown", "OwnersUnread"],
] as const)("Application.ReadWrite.OwnedBy %s", (_sentence, owners, status, reason) => {
  const snapshot = aSnapshot({
    credential: issued(OWNED),
    configurations: [declared({ owners: owners as NonNullable<DeclaredConfiguration["owners"]> })],
  });
  expect(finding(snapshot, "PermissionsGranted")).toMatchObject({ status, reason });
});

test("a configuration that is still to be made needs OwnedBy and nothing wider", () => {
  const configurations = [declared({ servicePrincipalID: undefined })];
  const lacking = aSnapshot({ configurations, credential: issued(without("Synchronization.ReadWrite.All")) });
  expect(tenantShown(lacking).missingPermissions).toMatchObject([{ permission: "Application.ReadWrite.OwnedBy" }]);
  expect(finding(aSnapshot({ configurations, credential: issued(OWNED) }), "PermissionsGranted").status).toBe("True");
});

test("in Observe nothing that writes is asked for", () => {
  const configurations = [declared({ isEnforced: false })];
  const reads = [...without("Synchronization.ReadWrite.All", "AppRoleAssignment.ReadWrite.All")];
  const credential = issued([...reads, "Synchronization.Read.All"]);
  expect(finding(aSnapshot({ configurations, credential }), "PermissionsGranted").reason).toBe("Granted");
});

test("a second identity alone needs the right to assign; declared as None, nobody does", () => {
  const tenant = aTenant({ spec: { scopeCredential: { type: "None" } } });
  const credential = issued(without("AppRoleAssignment.ReadWrite.All"));
  expect(
    finding(aSnapshot({ tenant, credential, scopeCredential: { kind: "none" } }), "PermissionsGranted").reason,
  ).toBe("Granted");
  const second = aSnapshot({ credential, scopeCredential: issued([]) });
  expect(tenantShown(second).missingPermissions).toMatchObject([
    { permission: "AppRoleAssignment.ReadWrite.All", identity: "ScopeCredential" },
    { permission: "Application.Read.All", identity: "ScopeCredential" },
  ]);
});

test("nothing declared needs nothing", () => {
  expect(judgePermissions(aSnapshot({ configurations: [], credential: issued([]) }))).toEqual({
    kind: "judged",
    missing: [],
    unclear: [],
  });
});

test("a wider token is never asked for more: adding roles removes nothing from what is met", () => {
  const role = fc.constantFrom(...LEAST, "Directory.Read.All", "Application.ReadWrite.OwnedBy", "Group.Read.All");
  const property = fc.property(fc.array(role), role, (roles, more) => {
    const missing = (some: readonly string[]) => {
      const verdict = judgePermissions(aSnapshot({ credential: issued(some) }));
      return verdict.kind === "judged" ? verdict.missing.map(({ permission }) => permission) : [];
    };
    const before = missing(roles);
    return missing([...roles, more]).every((permission) => before.includes(permission));
  });
  fc.assert(property, { numRuns: 500 });
});

test.each([
  ["Denied", "False"],
  ["Permanent", "False"],
  ["Transient", "Unknown"],
  ["Throttled", "Unknown"],
  ["UnknownOutcome", "Unknown"],
] as const)("a token that ends as %s is told as %s", (failureClass, status) => {
  const credential = { kind: "failed", failure: failure(failureClass, "SecretExpired") } as const;
  const snapshot = aSnapshot({ credential });
  expect(finding(snapshot, "TokenAcquired")).toMatchObject({ status, reason: "SecretExpired" });
  expect(finding(snapshot, "PermissionsGranted")).toMatchObject({ status: "Unknown", reason: "NoToken" });
  expect(finding(snapshot, "Ready").status).toBe(status);
  expect(finding(snapshot, "Stalled").status).toBe(status === "False" ? "True" : "False");
});

test("an identity that is not granted stalls under its own reason", () => {
  const credential = { kind: "refused", failure: failure("Denied", "IdentityNotGranted") } as const;
  expect(finding(aSnapshot({ credential }), "Stalled")).toMatchObject({ status: "True", reason: "IdentityNotGranted" });
});

const certificate = (days: number) => ({
  tenant: aTenant({
    spec: { credential: { type: "ClientCertificate", clientID: OWN_ID, secretRef: { name: "graph" } } },
  }),
  credential: issued(LEAST, { certificateExpiresAtMs: NOW_MS + days * DAY_MS }),
});
test.each([
  [31, "True", "Valid", "Ready"],
  [30, "True", "ExpiresSoon", "ExpiresSoon"],
  [1, "True", "ExpiresSoon", "ExpiresSoon"],
  [0, "False", "Expired", "Expired"],
])("a certificate that ends in %i days is %s/%s", (days, status, reason, ready) => {
  const snapshot = aSnapshot(certificate(days));
  expect(finding(snapshot, "CredentialValid")).toMatchObject({ status, reason });
  expect(finding(snapshot, "Ready").reason).toBe(ready);
  expect(tenantShown(snapshot).credentialExpiresAt).toBe(
    new Date(NOW_MS + days * DAY_MS).toISOString().replace(".000Z", "Z"),
  );
});

test("of client secrets the next one to end counts, one that has ended not; unreadable is unknown", () => {
  const tenant = aTenant({
    spec: { credential: { type: "ClientSecret", clientID: OWN_ID, secretRef: { name: "graph" } } },
  });
  const evidence = issued(LEAST);
  if (evidence.kind !== "issued") throw new Error("a token was issued");
  const endsMs = [NOW_MS - DAY_MS, NOW_MS + 90 * DAY_MS, NOW_MS + 10 * DAY_MS];
  const readable = aSnapshot({ tenant, credential: { ...evidence, own: { kind: "found", value: { endsMs } } } });
  expect(finding(readable, "CredentialValid")).toMatchObject({ status: "True", reason: "ExpiresSoon" });
  const denied = aSnapshot({
    tenant,
    credential: { ...evidence, own: { kind: "failed", failure: failure("Denied", "PermissionMissing") } },
  });
  expect(finding(denied, "CredentialValid")).toMatchObject({ status: "Unknown", reason: "EndNotReadable" });
  expect(finding(denied, "Ready").status).toBe("True");
});

const three = ["a", "b", "c"].map((name) => declared({ path: `identity/${name}`, servicePrincipalID: undefined }));
const governance = (plan: string) => ({
  kind: "complete" as const,
  items: [{ skuPartNumber: "E5", servicePlanNames: ["AAD_PREMIUM_P2", plan], isEnabled: true }],
});
const acknowledged = aTenant({ spec: { governanceLicense: "Acknowledged" } });
const rows: readonly (readonly [
  sentence: string,
  snapshot: Partial<TenantSnapshot>,
  status: string,
  reason: string,
])[] = [
  ["licensed", {}, "True", "Licensed"],
  ["unreadable licences", { skus: unread }, "Unknown", "LicencesNotReadable"],
  ["no Entra ID P1", { skus: { kind: "complete", items: [] } }, "False", "NoEntraIDP1"],
  ["a third configuration without the word", { configurations: three }, "False", "GovernanceNotAcknowledged"],
  [
    "a third configuration, acknowledged and licensed",
    { tenant: acknowledged, configurations: three, found: undefined, skus: governance("Entra_Identity_Governance") },
    "True",
    "Licensed",
  ],
  [
    "a third configuration, acknowledged, whose plan no SKU shows",
    { tenant: acknowledged, configurations: three, found: undefined },
    "Unknown",
    "GovernancePlanNotSeen",
  ],
  [
    "the twenty-first, whoever made the others",
    { tenant: acknowledged, found: { kind: "complete", items: Array.from({ length: 20 }, (_, at) => `other-${at}`) } },
    "False",
    "ConfigurationLimit",
  ],
];
test.each(rows)("%s", (_sentence, overrides, status, reason) => {
  expect(judgeLicence(aSnapshot(overrides))).toMatchObject({ status, reason });
});

test("one made in the portal counts; one that is declared and there counts once", () => {
  expect(countConfigurations(aSnapshot({ found: { kind: "complete", items: ["portal", SERVICE_PRINCIPAL_ID] } }))).toBe(
    2,
  );
});

test("of two objects for one tenant and client the older wins and the other names it; another client is no rival", () => {
  const older = aTenant({ metadata: { name: "older", uid: "uid-older", creationTimestamp: "2026-11-01T00:00:00Z" } });
  const younger = aTenant();
  expect(clientOwner(younger, [younger, older])).toBe(older);
  expect(clientOwner(older, [younger, older])).toBe(older);
  const other = aTenant({ spec: { credential: { type: "WorkloadIdentity", clientID: OWN_ID } } });
  expect(clientOwner(younger, [younger, other])).toBe(younger);
  const snapshot = aSnapshot({ tenant: younger, owner: older, credential: { kind: "notAsked" } });
  expect(finding(snapshot, "Stalled")).toMatchObject({ status: "True", reason: "ClientTaken" });
  expect(finding(snapshot, "Ready").message).toContain("identity/older");
});

const going = { deletionTimestamp: "2026-11-22T07:59:00Z", finalizers: ["cloudsync.dev/in-use"] };
test("deletion waits for dependants, names five, and ends when a person lets go", () => {
  const dependants = Array.from({ length: 6 }, (_, at) => `SyncConfiguration identity/c${at}`);
  const held = decideTenant({ tenant: aTenant({ metadata: going }), dependants });
  expect(held).toMatchObject({ kind: "hold", reason: "InUse" });
  expect((held as { message: string }).message).not.toContain("c5");
  const released = { ...going, annotations: { "cloudsync.dev/release": "true" } };
  expect(decideTenant({ tenant: aTenant({ metadata: released }), dependants }).kind).toBe("removeFinalizer");
  expect(decideTenant({ tenant: aTenant({ metadata: going }), dependants: [] }).kind).toBe("removeFinalizer");
});
