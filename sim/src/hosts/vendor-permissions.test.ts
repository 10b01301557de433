import type { AccessEntryLayout } from "../layout/access.ts";
import { DEFAULT_DOMAINS } from "../layout/domains.ts";
import { Bench, domainSection, type Line } from "./test-bench.ts";
import {
  configured,
  CONTAINER,
  DOMAIN,
  installed,
  joined,
  PERMISSIONS,
  REGISTER,
  VENDOR_PERMISSIONS,
} from "./test-steps.ts";

const CORP = DEFAULT_DOMAINS.domains[0]!;
const ROOT = "DC=corp,DC=example,DC=com";
const GMSA = "gmsaCloudSync$";
const REPLICATION = ["ReplicatingDirectoryChanges", "ReplicatingDirectoryChangesAll"];
const grant = { ...VENDOR_PERMISSIONS, mode: "Grant" };
const access = (bench: Bench): readonly AccessEntryLayout[] => bench.guests.control.domainTruth(DOMAIN)?.access ?? [];
const restricted = (bench: Bench): unknown => bench.guests.control.domainTruth(DOMAIN)?.restrictedServiceAccounts;

test("Verify names what is missing at the root and changes nothing, on any member and without a secret", () => {
  const bench = new Bench();
  const line = bench.run("VendorPermissions", joined(bench, "1"), { ...VENDOR_PERMISSIONS, setupSecretARN: "" });
  expect(line).toMatchObject({
    changed: false,
    facts: { isSufficient: false, findings: [{ distinguishedName: ROOT, missing: REPLICATION }] },
  });
  expect(access(bench)).toEqual([]);
});

test("Grant sets the rights at the root, once, and they reach the containers", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  const types = "PasswordHashSync,UserGroupCreateDelete";
  expect(bench.run("VendorPermissions", instanceID, { ...grant, types })).toMatchObject({
    changed: true,
    facts: { isSufficient: true, isServiceAccountRestricted: false },
  });
  expect(access(bench).every(({ distinguishedName }) => distinguishedName === ROOT)).toBe(true);
  expect(bench.run("VendorPermissions", instanceID, { ...grant, types, setupSecretARN: "" })).toMatchObject({
    changed: false,
  });
  expect(bench.run("Permissions", instanceID, PERMISSIONS)).toMatchObject({ facts: { isSufficient: true } });
});

test("All stands for every type", () => {
  const bench = new Bench();
  const line = bench.run("VendorPermissions", joined(bench, "1"), { ...VENDOR_PERMISSIONS, types: "All" });
  const [finding] = line.facts?.["findings"] as readonly { readonly missing: readonly string[] }[];
  expect(finding?.missing).toHaveLength(22);
});

test("the gMSA object is restricted where asked, under Grant only, and once", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  const restrict = { ...VENDOR_PERMISSIONS, types: "", restriction: "Restrict" };
  expect(bench.run("VendorPermissions", instanceID, restrict)).toMatchObject({
    changed: false,
    facts: { isServiceAccountRestricted: false },
  });
  expect(restricted(bench)).toEqual([]);
  const run = (): Line => bench.run("VendorPermissions", instanceID, { ...restrict, mode: "Grant" });
  expect(run()).toMatchObject({ changed: true, facts: { isServiceAccountRestricted: true } });
  expect(restricted(bench)).toEqual([GMSA]);
  expect(run()).toMatchObject({ changed: false });
});

const registered = (bench: Bench): string => {
  const instanceID = installed(bench, "1");
  bench.run("Register", instanceID, REGISTER);
  return instanceID;
};
const deny: AccessEntryLayout = {
  distinguishedName: ROOT,
  trustee: GMSA,
  kind: "Deny",
  right: "ReplicatingDirectoryChangesAll",
};
const rows: readonly (readonly [
  sentence: string,
  changes: object,
  host: (bench: Bench) => string,
  run: object,
  error: object,
])[] = [
  [
    "a host without an agent",
    {},
    (bench) => joined(bench, "1"),
    {},
    { class: "Permanent", reason: "AgentNotInstalled" },
  ],
  ["an agent without the domain", {}, registered, {}, { class: "Permanent", reason: "DomainNotConfigured" }],
  [
    "another gMSA than the agent's own, on which the cmdlets would act",
    { serviceAccounts: [...CORP.serviceAccounts, { name: "gmsaOther$", principalGroups: [] }] },
    (bench) => configured(bench, "1"),
    { gmsaName: "gmsaOther$" },
    { class: "Permanent", reason: "ServiceAccountMismatch" },
  ],
  [
    "no set-up credential",
    {},
    (bench) => configured(bench, "1"),
    { setupSecretARN: "" },
    { class: "Permanent", reason: "SetupCredentialRequired" },
  ],
  [
    "AWS Managed Microsoft AD, where nobody but AWS has rights on the root",
    {
      accounts: CORP.accounts.map((one) => (one.userName === "svc-setup" ? { ...one, controls: [CONTAINER] } : one)),
    },
    (bench) => configured(bench, "1"),
    {},
    { class: "Person", reason: "SetupAccountDenied" },
  ],
  [
    "a deny entry",
    { access: [deny] },
    (bench) => configured(bench, "1"),
    {},
    { class: "Person", reason: "RightsDenied" },
  ],
];
for (const [sentence, changes, host, parameters, error] of rows) {
  test(`the root is not touched on ${sentence}`, () => {
    const bench = new Bench({ layout: domainSection(changes) });
    const before = access(bench);
    expect(bench.run("VendorPermissions", host(bench), { ...grant, ...parameters })).toMatchObject({
      changed: false,
      error,
    });
    expect(access(bench)).toEqual(before);
  });
}
