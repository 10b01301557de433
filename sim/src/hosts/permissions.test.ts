import type { AccessEntryLayout } from "../layout/access.ts";
import { DEFAULT_DOMAINS, type DomainLayout } from "../layout/domains.ts";
import { Bench, domainSection, type Line } from "./test-bench.ts";
import { CONTAINER, DOMAIN, JOIN, joined, PERMISSIONS } from "./test-steps.ts";

const CORP = DEFAULT_DOMAINS.domains[0]!;
const ROOT = "DC=corp,DC=example,DC=com";
const GMSA = "gmsaCloudSync$";
const RIGHTS = ["CreateGroups", "DeleteGroups", "WriteGroups"] as const;
const grant = { mode: "Grant" };
const access = (bench: Bench): readonly AccessEntryLayout[] => bench.guests.control.domainTruth(DOMAIN)?.access ?? [];
const entry = (changes: Partial<AccessEntryLayout>): AccessEntryLayout => ({
  distinguishedName: CONTAINER,
  trustee: GMSA,
  kind: "Allow",
  right: "CreateGroups",
  ...changes,
});
const withDomain = (changes: Partial<DomainLayout>): Bench => new Bench({ layout: domainSection(changes) });
const run = (bench: Bench, changes: object = {}): Line =>
  bench.run("Permissions", joined(bench, "1"), { ...PERMISSIONS, ...changes });

test("Verify names each missing right and the unit, and changes nothing", () => {
  const bench = new Bench();
  expect(run(bench, { setupSecretARN: "" })).toMatchObject({
    changed: false,
    facts: {
      isSufficient: false,
      findings: [{ distinguishedName: CONTAINER, effective: [], granted: [], missing: RIGHTS, denied: [] }],
    },
  });
  expect(access(bench)).toEqual([]);
});

test("Grant sets the three rights on the container alone; a second run finds them and asks for no secret", () => {
  const bench = new Bench();
  const instanceID = joined(bench, "1");
  expect(bench.run("Permissions", instanceID, { ...PERMISSIONS, ...grant })).toMatchObject({
    changed: true,
    facts: { isSufficient: true, findings: [{ effective: [], granted: RIGHTS, missing: [] }] },
  });
  expect(access(bench)).toEqual(RIGHTS.map((right) => entry({ right })));
  const again = { ...PERMISSIONS, ...grant, setupSecretARN: "" };
  expect(bench.run("Permissions", instanceID, again)).toMatchObject({
    changed: false,
    facts: { isSufficient: true, findings: [{ effective: RIGHTS, granted: [], missing: [] }] },
  });
});

test("only what is missing is set", () => {
  const bench = withDomain({ access: [entry({ right: "WriteGroups" })] });
  expect(run(bench, grant)).toMatchObject({
    facts: { findings: [{ effective: ["WriteGroups"], granted: ["CreateGroups", "DeleteGroups"] }] },
  });
  expect(access(bench)).toHaveLength(3);
});

const effective: readonly (readonly [sentence: string, domain: Partial<DomainLayout>, expected: object])[] = [
  ["a right from above", { access: [entry({ distinguishedName: ROOT })] }, { effective: ["CreateGroups"] }],
  [
    "a right from above that reaches nothing below",
    { access: [entry({ distinguishedName: ROOT, isInheritable: false })] },
    { effective: [] },
  ],
  [
    "a right from above on a unit that is cut from inheritance",
    { access: [entry({ distinguishedName: ROOT })], inheritanceCutOff: [CONTAINER] },
    { effective: [] },
  ],
  [
    "a right of a group of the account",
    {
      access: [entry({ trustee: "EntraWriters" })],
      serviceAccounts: [{ ...CORP.serviceAccounts[0]!, memberOf: ["EntraWriters"] }],
    },
    { effective: ["CreateGroups"] },
  ],
  ["a right of somebody else", { access: [entry({ trustee: "other$" })] }, { effective: [] }],
  [
    "a deny beside the allow on one object",
    { access: [entry({}), entry({ kind: "Deny" })] },
    { effective: [], denied: ["CreateGroups"] },
  ],
  [
    "an own allow below a deny from above",
    { access: [entry({}), entry({ kind: "Deny", distinguishedName: ROOT })] },
    { effective: ["CreateGroups"], denied: [] },
  ],
];
test.each(effective)("effective rights: %s", (_sentence, domain, expected) => {
  expect(run(withDomain(domain))).toMatchObject({ facts: { findings: [expected] } });
});

const rows: readonly (readonly [sentence: string, domain: Partial<DomainLayout>, changes: object, error: object])[] = [
  ["an unknown gMSA", {}, { gmsaName: "gmsaNone$" }, { class: "Permanent", reason: "GMSANotFound" }],
  [
    "a container that is not there",
    {},
    { provisioningContainers: `OU=None,${ROOT}` },
    { class: "Permanent", reason: "ContainerNotFound" },
  ],
  [
    "a container of another domain",
    {},
    { provisioningContainers: "OU=EntraGroups,DC=emea,DC=example,DC=com" },
    { class: "Permanent", reason: "ContainerOutsideDomain" },
  ],
  [
    "a container of the directory itself, where powerful groups stand",
    {},
    { provisioningContainers: `CN=Users,${ROOT}` },
    { class: "Permanent", reason: "ContainerCritical" },
  ],
  [
    "no set-up credential",
    {},
    { ...grant, setupSecretARN: "" },
    { class: "Permanent", reason: "SetupCredentialRequired" },
  ],
  [
    "a set-up account without the right",
    {},
    { ...grant, setupSecretARN: JOIN.credentialSecretARN },
    { class: "Person", reason: "SetupAccountDenied" },
  ],
  [
    "a deny entry, which it never overrides",
    { access: [entry({ kind: "Deny", right: "WriteGroups", distinguishedName: ROOT })] },
    grant,
    { class: "Person", reason: "RightsDenied" },
  ],
];
for (const [sentence, domain, changes, error] of rows) {
  test(`rights are not touched on ${sentence}`, () => {
    const bench = withDomain(domain);
    expect(run(bench, changes)).toMatchObject({ changed: false, error });
    expect(access(bench)).toEqual(domain.access ?? []);
  });
}

test("a denied right is named together with the unit", () => {
  const bench = withDomain({ access: [entry({ kind: "Deny" })] });
  const { error } = run(bench, grant);
  expect(JSON.stringify(error)).toContain(`CreateGroups: denied on ${CONTAINER}`);
});

test("a delegate needs its containers alone", () => {
  const bench = withDomain({
    accounts: CORP.accounts.map((one) => (one.userName === "svc-setup" ? { ...one, controls: [CONTAINER] } : one)),
  });
  expect(run(bench, grant)).toMatchObject({ changed: true, facts: { isSufficient: true } });
});
