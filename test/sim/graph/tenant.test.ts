/** The tenant's loop in front of the simulated tenant: what it says of tokens, roles, owners, ends and licences is what the world does. */
import { certificateCredential } from "../../../sim/src/entra/fill.ts";
import { OPERATOR, OPERATOR_PRINCIPAL, operatorWith } from "../../../sim/src/graph/test-desk.ts";
import { createConfiguration } from "../../../sim/src/synchronization/portal.ts";
import type { SecretReader, SecretReading } from "../../../src/entra/access/cluster.ts";
import { aProvisioningTest } from "../../../src/sync/testing.ts";
import { testCertificate } from "./test-certificate.ts";
import { OPERATOR_ROLES, tenantWorld } from "./tenant-world.ts";

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
const WITHOUT_TEST = { start: { withoutTest: true } };
const rolesWithout = (...names: readonly string[]) => OPERATOR_ROLES.filter((role) => !names.includes(role));
const granted = (...roles: readonly string[]) => ({ applications: operatorWith({ roles }) });

const missing: readonly (readonly [role: string, stops: string, ready: string])[] = [
  ["Application.ReadWrite.OwnedBy", "creating identity/corp-groups", "False/PermissionsMissing"],
  ["GroupMember.Read.All", "resolving groups of scopes and tests", "False/PermissionsMissing"],
  ["User.Read.All", "telling which members have an AD account", "True/Ready"],
  ["ProvisioningLog.Read.All", "listing held-back deletions", "True/Ready"],
  ["LicenseAssignment.Read.All", "telling whether the licences are there", "True/Ready"],
];
test.each(missing)(
  "a token without %s names it in the first pass, with what it stops: %s",
  async (role, stops, ready) => {
    const w = tenantWorld({ directory: granted(...rolesWithout(role)) });
    w.configuration.kube.put(aProvisioningTest());
    expect(await w.pass()).toBe(0); // the finalizer
    await w.pass();
    expect(w.at().status.missingPermissions).toMatchObject([
      { permission: role, identity: "Credential", stops: expect.stringContaining(stops) as string },
    ]);
    expect(w.message("PermissionsGranted")).toContain(`${role} (Credential) stops `);
    expect(w.condition("Ready")).toBe(ready);
    expect(w.configuration.writes).toEqual([]);
  },
);

test("what it says is missing is what Graph refuses; once granted it is noticed within minutes and the configuration is made", async () => {
  const w = tenantWorld({ spec: WITHOUT_TEST, directory: granted(...rolesWithout("Application.ReadWrite.OwnedBy")) });
  await w.settle();
  await w.configuration.run(10 * 60_000);
  expect(w.condition("PermissionsGranted")).toBe("False/PermissionsMissing");
  expect(w.configuration.condition()).toBe("False/PermissionMissing");
  expect(w.made()).toEqual([]);
  w.grant("Application.ReadWrite.OwnedBy");
  await w.run(5 * 60_000);
  expect(w.condition("PermissionsGranted")).toBe("True/Granted");
  await w.configuration.run(30 * 60_000);
  expect(w.configuration.condition("Provisioned")).toBe("True/Found");
  expect(w.made()).toHaveLength(1);
});

const OWNED = rolesWithout("Synchronization.ReadWrite.All");
test("OwnedBy does for what the operator made, all the way to the start", async () => {
  const w = tenantWorld({ spec: WITHOUT_TEST, directory: granted(...OWNED) });
  await w.settle();
  await w.configuration.settle();
  await w.settle();
  expect(w.condition("PermissionsGranted")).toBe("True/Granted");
  expect(w.configuration.writes).toContain("POST start");
  await w.run(2 * HOUR_MS);
  expect(w.condition("PermissionsGranted")).toBe("True/Granted");
});

test("OwnedBy does not do for what a person made, until they add the operator to the owners", async () => {
  const w = tenantWorld({ spec: WITHOUT_TEST, directory: granted(...OWNED) });
  const { configuration } = w;
  const portal = { displayName: "corp", domain: "corp.example.com" };
  const { servicePrincipalID, applicationID } = createConfiguration(configuration.service, portal);
  configuration.edit({ adopt: { servicePrincipalID } });
  await w.settle();
  expect(w.condition("PermissionsGranted")).toBe("False/PermissionsMissing");
  expect(w.at().status.missingPermissions).toMatchObject([
    { permission: "Synchronization.ReadWrite.All", stops: "changing, testing and starting identity/corp-groups" },
  ]);
  await configuration.run(10 * 60_000);
  expect(configuration.condition("Provisioned")).not.toMatch(/^True/);
  configuration.directory.update("application", applicationID, {
    ownerIds: [OPERATOR_PRINCIPAL],
  });
  await w.run(10 * 60_000);
  expect(w.condition("PermissionsGranted")).toBe("True/Granted");
  await configuration.run(30 * 60_000);
  expect(configuration.condition("Provisioned")).toBe("True/Found");
  expect(configuration.at().status.adoption?.by).toBe("Declared");
  expect(w.made()).toEqual([servicePrincipalID]);
});

test("owners that cannot be read are neither there nor missing", async () => {
  const w = tenantWorld({ spec: WITHOUT_TEST, directory: granted(...OWNED) });
  await w.settle();
  await w.configuration.settle();
  const { faults } = w.configuration.world;
  const error = { kind: "error", code: "serviceNotAvailable", httpStatus: 503 } as const;
  const rule = faults.add({ service: "graph", action: "GET /applications/{application-id}/owners", effect: error });
  await w.run(HOUR_MS);
  expect(w.condition("PermissionsGranted")).toBe("Unknown/OwnersUnread");
  expect(w.condition("Stalled")).toBe("False/NotStalled");
  faults.remove(rule);
  await w.run(10 * 60_000);
  expect(w.condition("PermissionsGranted")).toBe("True/Granted");
});

const licences: readonly (readonly [sentence: string, directory: object, licence: string, ready: string])[] = [
  ["with Entra ID P1", {}, "True/Licensed", "True/Ready"],
  ["without a SKU that has it", { skus: [] }, "False/NoEntraIDP1", "False/NoEntraIDP1"],
  [
    "without the right to read them",
    granted(...rolesWithout("LicenseAssignment.Read.All")),
    "Unknown/LicencesNotReadable",
    "True/Ready",
  ],
];
test.each(licences)("licences %s", async (_sentence, directory, licence, ready) => {
  const w = tenantWorld({ directory });
  await w.settle();
  expect(w.condition("LicensePresent")).toBe(licence);
  expect(w.condition("Ready")).toBe(ready);
});

test("what only a delegated token may read stays unknown, is not asked for, and no token is in the cluster or an event", async () => {
  const w = tenantWorld({ spec: WITHOUT_TEST });
  await w.settle();
  await w.configuration.settle();
  await w.run(2 * HOUR_MS);
  expect(w.condition("TenantFeaturesKnown")).toBe("Unknown/DelegatedOnly");
  expect(w.condition("Ready")).toBe("True/Ready");
  expect(w.graphCalls().filter((action) => action.includes("onPremises"))).toEqual([]);
  const { kube } = w.configuration;
  expect(JSON.stringify([w.at(), w.configuration.at(), kube.events])).not.toContain("eyJ");
});

test("consent withdrawn in flight is noticed and said; given back, one application and one job are finished and nothing is lost", async () => {
  const w = tenantWorld({ spec: WITHOUT_TEST });
  const { configuration } = w;
  const { faults } = configuration.world;
  await w.settle();
  const error = { kind: "error", code: "serviceNotAvailable", httpStatus: 429 } as const;
  const jobs = "POST /servicePrincipals/{servicePrincipal-id}/synchronization/jobs";
  const rule = faults.add({ service: "graph", action: jobs, effect: error });
  await configuration.run(5 * 60_000);
  expect(configuration.writes).toContain("POST instantiate");
  const taken = ["Application.ReadWrite.OwnedBy", "Synchronization.ReadWrite.All"];
  w.withdraw(...taken);
  // A token keeps what it says until its end: an hour.
  await w.run(75 * 60_000);
  expect(w.condition("PermissionsGranted")).toBe("False/PermissionsMissing");
  expect(w.at().status.missingPermissions?.map(({ permission }) => permission)).toEqual([
    "Synchronization.ReadWrite.All",
  ]);
  expect(configuration.kube.events.at(-1)).toMatchObject({ type: "Warning", reason: "PermissionsMissing" });
  faults.remove(rule);
  const before = configuration.writes.length;
  await configuration.run(2 * HOUR_MS);
  expect(configuration.condition()).toBe("False/PermissionMissing");
  expect(configuration.writes.slice(before)).toEqual([]);
  w.grant(...taken);
  await w.run(10 * 60_000);
  expect(w.condition("Ready")).toBe("True/Ready");
  await configuration.run(HOUR_MS);
  expect(configuration.condition()).toBe("True/InSync");
  expect(w.made()).toHaveLength(1);
  expect(await configuration.jobs()).toHaveLength(1);
  expect(configuration.breaches()).toEqual([]);
}, 30_000);

const secretsOf = (ends: Readonly<Record<string, string>>) =>
  operatorWith({ secrets: Object.entries(ends).map(([text, expiresAt]) => ({ text, expiresAt })) });
test("a secret is warned of thirty days ahead, and no more once the next one has replaced it", async () => {
  const ends = { old: "2026-12-02T00:00:00Z", new: "2027-11-01T00:00:00Z" };
  const held = new Map([["entra", "old"]]);
  const w = tenantWorld({
    directory: { applications: secretsOf(ends) },
    secrets: clientSecrets(held),
    tenantSpec: secretSpec("entra"),
  });
  await w.settle();
  // Two are registered, and Graph does not tell which is in use: the first to end may be it.
  expect([w.condition("CredentialValid"), w.at().status.credentialExpiresAt]).toEqual(["True/Valid", ends.old]);
  await w.run(2 * DAY_MS);
  expect([w.condition("CredentialValid"), w.condition("Ready")]).toEqual(["True/ExpiresSoon", "True/ExpiresSoon"]);
  expect(w.configuration.kube.events.filter(({ reason }) => reason === "ExpiresSoon")).toHaveLength(1);
  held.set("entra", "new");
  const { directory } = w.configuration;
  const application = directory.applicationOfApp(OPERATOR);
  const secrets = application?.secrets.filter(({ secretText }) => secretText === "new") ?? [];
  directory.update("application", application?.id ?? "", { secrets });
  await w.run(3 * HOUR_MS);
  expect([w.condition("CredentialValid"), w.condition("Ready")]).toEqual(["True/Valid", "True/Ready"]);
  expect(w.at().status.credentialExpiresAt).toBe(ends.new);
}, 30_000);

test("a secret that ended is said as such, and a replaced one is taken up without a restart", async () => {
  const held = new Map([["entra", "old"]]);
  const w = tenantWorld({
    directory: { applications: secretsOf({ old: "2026-11-02T00:00:00Z", new: "2027-11-01T00:00:00Z" }) },
    secrets: clientSecrets(held),
    tenantSpec: secretSpec("entra"),
  });
  await w.run(26 * HOUR_MS);
  expect(w.condition("TokenAcquired")).toBe("False/ClientSecretExpired");
  expect(w.condition("Stalled")).toBe("True/ClientSecretExpired");
  held.set("entra", "new");
  await w.run(10 * 60_000);
  expect([w.condition("TokenAcquired"), w.condition("Ready")]).toEqual(["True/TokenIssued", "True/Ready"]);
}, 30_000);

test("two secrets overlap while one is rotated: every pass of two days is Ready, whichever of them Entra has dropped", async () => {
  const held = new Map([["entra", "old"]]);
  const w = tenantWorld({
    directory: { applications: secretsOf({ old: "2026-11-02T00:00:00Z", new: "2027-11-01T00:00:00Z" }) },
    secrets: clientSecrets(held),
    tenantSpec: secretSpec("entra", "entra-next"),
  });
  await w.settle();
  held.set("entra-next", "new");
  const seen = new Set<string>();
  for (let passes = 0; passes < 200; passes += 1) {
    await w.run(15 * 60_000);
    seen.add(`${w.condition("TokenAcquired")} ${w.condition("Ready")}`);
  }
  expect([...seen].toSorted()).toEqual(["True/TokenIssued True/ExpiresSoon", "True/TokenIssued True/Ready"]);
}, 30_000);

test("a certificate that Entra dropped is said as such, and the one that replaces it is taken up with its own end", async () => {
  const [old, next] = [testCertificate({ days: 20 }), testCertificate({ days: 200 })];
  const held = new Map<string, object>([["entra", old]]);
  const w = tenantWorld({
    directory: { applications: operatorWith({ certificates: [old["tls.crt"]] }) },
    secrets: { read: ({ name }) => Promise.resolve(reading(held.get(name))) },
    tenantSpec: {
      credential: { ...secretSpec("entra").credential, type: "ClientCertificate" },
    },
    startMs: Date.now(),
  });
  await w.settle();
  expect([w.condition("TokenAcquired"), w.condition("CredentialValid")]).toEqual([
    "True/TokenIssued",
    "True/ExpiresSoon",
  ]);
  const { directory } = w.configuration;
  const application = directory.applicationOfApp(OPERATOR);
  directory.update("application", application?.id ?? "", {
    certificates: [certificateCredential("next", next["tls.crt"])],
  });
  // Minutes only: the assertion is signed at the real present, and lives for ten of them.
  await w.run(60_000);
  w.request("after the old one was dropped");
  await w.pass();
  expect(w.condition("TokenAcquired")).toBe("False/CertificateRefused");
  held.set("entra", next);
  await w.run(60_000);
  w.request("after the new one was stored");
  await w.pass();
  expect([w.condition("TokenAcquired"), w.condition("CredentialValid")]).toEqual(["True/TokenIssued", "True/Valid"]);
  expect(JSON.stringify(w.at())).not.toContain("PRIVATE KEY");
});

function secretSpec(name: string, next?: string) {
  const nextSecretRef = next === undefined ? {} : { nextSecretRef: { name: next } };
  return { credential: { type: "ClientSecret", clientID: OPERATOR, secretRef: { name }, ...nextSecretRef } };
}
function clientSecrets(held: ReadonlyMap<string, string>): SecretReader {
  return {
    read: ({ name }) => {
      const secret = held.get(name);
      return Promise.resolve(reading(secret === undefined ? undefined : { "client-secret": secret }));
    },
  };
}
function reading(values: object | undefined): SecretReading {
  return values === undefined ? { kind: "notFound" } : { kind: "found", values: { ...values } };
}
