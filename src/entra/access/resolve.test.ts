import { CLIENT_ID, TENANT_ID } from "../testing/scripted-entra.ts";
import type { CredentialSpec } from "./port.ts";
import { accessResolver } from "./resolve.ts";

const TENANT = { namespace: "team-a", cloud: "Public", tenantID: TENANT_ID };
const resolve = accessResolver([
  { namespace: "team-a", tenantID: TENANT_ID.toUpperCase(), clientID: CLIENT_ID },
  { namespace: "team-b", tenantID: "44444444-4444-4444-8444-444444444444", clientID: CLIENT_ID },
]);
const own: CredentialSpec = { type: "WorkloadIdentity", clientID: CLIENT_ID };

test("the operator's own identity is lent where namespace, tenant and client are granted together", () => {
  expect(resolve(TENANT, own)).toMatchObject({ kind: "granted", access: { proof: { kind: "operator" } } });
  for (const tenant of [
    { ...TENANT, namespace: "team-b" }, // granted another tenant
    { ...TENANT, namespace: "team-c" },
    { ...TENANT, tenantID: "44444444-4444-4444-8444-444444444444" },
  ])
    expect(resolve(tenant, own)).toMatchObject({
      kind: "refused",
      failure: { class: "Denied", reason: "IdentityNotGranted" },
    });
  const other = { ...own, clientID: "55555555-5555-4555-8555-555555555555" };
  expect(resolve(TENANT, other)).toMatchObject({ kind: "refused", failure: { reason: "IdentityNotGranted" } });
});

test("service accounts and Secrets are those of the object's own namespace and need no grant", () => {
  const tenant = { ...TENANT, namespace: "team-c" };
  expect(resolve(tenant, { ...own, serviceAccountRef: { name: "entra" } })).toMatchObject({
    kind: "granted",
    access: { proof: { kind: "serviceAccount", namespace: "team-c", name: "entra" } },
  });
  const secrets = { clientID: CLIENT_ID.toUpperCase(), secretRef: { name: "one" }, nextSecretRef: { name: "two" } };
  expect(resolve(tenant, { type: "ClientCertificate", ...secrets })).toEqual({
    kind: "granted",
    access: {
      cloud: "Public",
      tenantID: TENANT_ID,
      clientID: CLIENT_ID,
      proof: { kind: "certificate", namespace: "team-c", secretNames: ["one", "two"] },
    },
  });
  expect(resolve(tenant, { type: "ClientSecret", ...secrets })).toMatchObject({
    access: { proof: { kind: "secret" } },
  });
});

test("None is no identity; what cannot be an identity is refused with a sentence", () => {
  expect(resolve(TENANT, { type: "None" })).toEqual({ kind: "none" });
  for (const [tenant, credential, reason] of [
    [{ ...TENANT, cloud: "Moon" }, own, "CloudUnknown"],
    [{ ...TENANT, tenantID: "../common" }, own, "TenantIDInvalid"],
    [TENANT, { type: "WorkloadIdentity" }, "ClientIDMissing"],
    [TENANT, { ...own, type: "ManagedIdentity" }, "CredentialTypeUnknown"],
    [TENANT, { ...own, type: "ClientSecret" }, "SecretRefMissing"],
  ] as const)
    expect(resolve(tenant, credential)).toMatchObject({ kind: "refused", failure: { class: "Permanent", reason } });
});
