import { parseDomain, parseTenant } from "../../api/parse.ts";
import type { ADDomain } from "../../api/ad-domain.ts";
import type { EntraTenant } from "../../api/entra-tenant.ts";
import { aPool } from "../testing/builders.ts";
import { announcedGrants, checkImageOwner, checkReferences, type PoolReferences } from "./preflight.ts";

const SECRET = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/join-AbCdEf";
const POLICY = { awsAccountIDs: ["111122223333"], instanceProfiles: ["cloudsync-agent"], imageOwners: ["amazon"] };
const INSTALLER = {
  name: "provisioning-1.1.2505",
  kind: "Provisioning",
  bucket: "b",
  bucketOwner: "111122223333",
  key: "k",
  versionID: "v",
  sha256: "0",
  version: "1.1.2505.0",
  productName: "Microsoft Entra Provisioning Agent",
  signer: "Microsoft Corporation",
};

function aTenant(spec: object = {}): EntraTenant {
  const parsed = parseTenant({
    apiVersion: "cloudsync.dev/v1alpha1",
    kind: "EntraTenant",
    metadata: {
      name: "contoso",
      namespace: "identity",
      uid: "tenant-uid",
      resourceVersion: "1",
      creationTimestamp: "2026-11-22T06:00:00Z",
    },
    spec: {
      tenantID: "6b29fc40-ca47-4067-b31d-00dd010662da",
      credential: {
        type: "WorkloadIdentity",
        clientID: "9c8f0a52-9c3c-4b59-8f3f-6f4a5f6a7b10",
        serviceAccountRef: { name: "entra-configuration" },
      },
      ...spec,
    },
  });
  if (parsed.kind === "invalid") throw new Error(parsed.problems.join("\n"));
  return parsed.object;
}

function aDomain(spec: object = {}, metadata: object = {}): ADDomain {
  const parsed = parseDomain({
    apiVersion: "cloudsync.dev/v1alpha1",
    kind: "ADDomain",
    metadata: {
      name: "corp",
      namespace: "identity",
      uid: "domain-uid",
      resourceVersion: "1",
      creationTimestamp: "2026-11-22T06:00:00Z",
      finalizers: ["cloudsync.dev/in-use"],
      ...metadata,
    },
    spec: {
      dnsName: "corp.example.com",
      netBIOSName: "CORP",
      join: { credential: { secretARN: SECRET }, organizationalUnit: "OU=CloudSync,DC=corp,DC=example,DC=com" },
      gmsa: { mode: "Existing", name: "gmsaCloudSync$", hostGroup: "CN=Hosts,DC=corp,DC=example,DC=com" },
      ...spec,
    },
  });
  if (parsed.kind === "invalid") throw new Error(parsed.problems.join("\n"));
  return parsed.object;
}

function bootstrapped(bootstrapInstanceProfile: string): PoolReferences["pool"] {
  return aPool({ spec: { aws: { ...aPool().spec.aws, bootstrapInstanceProfile } } });
}

const FAILURE = { class: "Denied", reason: "IdentityNotGranted", message: "m", fix: "f" } as const;
const good: PoolReferences = {
  pool: aPool(),
  namespace: { name: "identity", labels: {} },
  tenant: aTenant(),
  domain: aDomain(),
  domainOwner: aDomain(),
  installers: [INSTALLER],
  identity: { kind: "granted", accountID: "111122223333" },
};
const foreign = { name: "team", labels: {} };
const open = { allowedNamespaces: { from: "All" }, hostPolicy: POLICY };

const rows: readonly (readonly [sentence: string, change: Partial<PoolReferences>, reason: string])[] = [
  ["a tenant that is not there", { tenant: undefined }, "TenantNotFound"],
  ["a domain that is not there", { domain: undefined }, "DomainNotFound"],
  ["a tenant that does not consent", { namespace: foreign, domain: aDomain(open) }, "TenantNotConsenting"],
  ["a domain that does not consent", { namespace: foreign, tenant: aTenant(open) }, "DomainNotConsenting"],
  [
    "a domain object whose DNS name an older one owns",
    { domainOwner: aDomain({}, { uid: "older", name: "other" }) },
    "DomainNotUnique",
  ],
  [
    "a domain that is being deleted",
    { domain: aDomain({}, { deletionTimestamp: "2026-11-22T07:00:00Z" }) },
    "DomainDeleting",
  ],
  ["a domain that nobody holds yet", { domain: aDomain({}, { finalizers: [] }) }, "DomainNotAccepted"],
  ["an identity that is not granted", { identity: { kind: "refused", failure: FAILURE } }, "IdentityNotGranted"],
  [
    "a foreign account",
    { domain: aDomain({ hostPolicy: POLICY }), identity: { kind: "granted", accountID: "444455556666" } },
    "AccountNotAllowed",
  ],
  [
    "a foreign instance profile",
    { domain: aDomain({ hostPolicy: { ...POLICY, instanceProfiles: ["other"] } }) },
    "InstanceProfileNotAllowed",
  ],
  [
    "a foreign bootstrap profile",
    { domain: aDomain({ hostPolicy: POLICY }), pool: bootstrapped("other") },
    "InstanceProfileNotAllowed",
  ],
  [
    "a bootstrap profile that is the runtime profile",
    { pool: bootstrapped("cloudsync-agent") },
    "BootstrapProfileIsRuntime",
  ],
  [
    "the same profile by name and by ARN",
    { pool: bootstrapped("arn:aws:iam::111122223333:instance-profile/cloudsync-agent") },
    "BootstrapProfileIsRuntime",
  ],
  ["an installer that the catalogue lacks", { installers: [] }, "InstallerNotInCatalogue"],
  [
    "an installer of another kind",
    { installers: [{ ...INSTALLER, kind: "PassThroughAuthentication" }] },
    "InstallerOfOtherKind",
  ],
  [
    "what this version does not serve",
    { pool: aPool({ spec: { placement: { policy: "Preferred" } } }) },
    "NotInThisVersion",
  ],
];

test("a pool whose references are there, consent and are allowed may launch", () => {
  expect(checkReferences(good)).toMatchObject({ kind: "resolved", references: { accountID: "111122223333" } });
});

test("a pool may set its hosts up with a profile of its own", () => {
  const pool = bootstrapped("cloudsync-bootstrap");
  const domain = aDomain({
    hostPolicy: { ...POLICY, instanceProfiles: ["cloudsync-agent", "cloudsync-bootstrap"] },
  });
  expect(checkReferences({ ...good, pool, domain }).kind).toBe("resolved");
});

for (const [sentence, change, reason] of rows) {
  test(`${sentence} is named, with what to do`, () => {
    const verdict = checkReferences({ ...good, ...change });
    if (verdict.kind === "resolved") throw new Error("nothing was refused");
    expect(verdict.reason).toBe(reason);
    expect(verdict.message.length).toBeGreaterThan(1);
  });
}

const granting = (permissions: object) =>
  aDomain({
    gmsa: {
      mode: "Existing",
      name: "gmsaCloudSync$",
      permissions: { mode: "Grant", ...permissions },
      setupCredential: { secretARN: SECRET },
    },
  });

test("rights at the root, and the hardening of the account, are announced with what does it and as whom", () => {
  const root = granting({ scope: "DomainRoot", types: ["PasswordHashSync"] });
  expect(checkReferences({ ...good, domain: root }).kind).toBe("resolved");
  expect(announcedGrants(root)).toMatch(
    /gmsaCloudSync\$ the rights PasswordHashSync at the root of corp\.example\.com by Set-AADCloudSyncPermissions/,
  );
  expect(announcedGrants(root)).toContain(SECRET);
  expect(announcedGrants(granting({ restrictAccount: true }))).toContain("Set-AADCloudSyncRestrictedPermissions");
});

test("nothing is announced where hosts stay within the provisioning containers, or only look", () => {
  expect(announcedGrants(granting({}))).toBeUndefined();
  expect(announcedGrants(granting({ mode: "Verify", scope: "DomainRoot", types: ["All"] }))).toBeUndefined();
  expect(announcedGrants(aDomain())).toBeUndefined();
});

test("the image's owner is judged by account or alias, and only where the domain has a policy", () => {
  const image = { imageID: "ami-1", ownerID: "801119661308", ownerAlias: "amazon" };
  expect(checkImageOwner(aDomain(), { ...image, ownerAlias: undefined })).toBeUndefined();
  expect(checkImageOwner(aDomain({ hostPolicy: POLICY }), image)).toBeUndefined();
  expect(checkImageOwner(aDomain({ hostPolicy: POLICY }), { ...image, ownerAlias: undefined })).toMatchObject({
    reason: "ImageOwnerNotAllowed",
  });
});
