import { fakeAws, NEVER_ABORTED } from "../testing/fake-aws.ts";
import type { IdentityRequest, ScopeResolution } from "./port.ts";
import type { IdentityGrant } from "./scopes.ts";
import { grantFaults, ROLE_ANNOTATION } from "./scopes.ts";
import type { AnnotationsReading } from "./service-accounts.ts";

const ROLE = "arn:aws:iam::444455556666:role/fleet";
const SA_ROLE = "arn:aws:iam::111122223333:role/team-a";
const GRANTS: readonly IdentityGrant[] = [
  { namespace: "identity", accountID: "111122223333" },
  { namespace: "central", accountID: "444455556666", roleARN: ROLE },
];
const ACCOUNTS: Readonly<Record<string, AnnotationsReading>> = {
  "team-a/fleet": { kind: "found", annotations: { [ROLE_ANNOTATION]: SA_ROLE } },
  "team-a/bare": { kind: "found", annotations: {} },
  "team-a/odd": { kind: "found", annotations: { [ROLE_ANNOTATION]: "role/x" } },
  "team-a/unread": {
    kind: "failed",
    failure: { class: "Transient", reason: "ApiServerBusy", message: "busy", fix: "None: tried again." },
  },
};

async function resolve(
  request: Partial<IdentityRequest>,
): Promise<{ readonly resolution: ScopeResolution; readonly awsCalls: number }> {
  const { aws, transport } = fakeAws(() => "never", {
    grants: GRANTS,
    serviceAccounts: {
      annotations: ({ namespace, name }) => Promise.resolve(ACCOUNTS[`${namespace}/${name}`] ?? { kind: "notFound" }),
    },
  });
  const resolution = await aws.scopes.resolve(
    { namespace: "identity", region: "ap-northeast-1", ...request },
    NEVER_ABORTED,
  );
  return { resolution, awsCalls: transport.seen.length };
}

const rows: readonly (readonly [sentence: string, request: Partial<IdentityRequest>, expected: object])[] = [
  [
    "a granted namespace gets the operator's identity",
    {},
    { kind: "granted", scope: { accountID: "111122223333", base: { kind: "operator" } } },
  ],
  [
    "a granted role is assumed with the derived external id",
    { namespace: "central", assumeRoleARN: ROLE },
    {
      kind: "granted",
      scope: {
        accountID: "444455556666",
        base: { kind: "operator" },
        assumeRole: { roleARN: ROLE, externalID: "owner-1/central" },
      },
    },
  ],
  [
    "a service account acts with the role of its annotation",
    { namespace: "team-a", serviceAccountName: "fleet" },
    {
      kind: "granted",
      scope: {
        accountID: "111122223333",
        base: { kind: "serviceAccount", namespace: "team-a", name: "fleet", roleARN: SA_ROLE },
      },
    },
  ],
  [
    "a role on top of a service account decides the account, and needs no grant",
    { namespace: "team-a", serviceAccountName: "fleet", assumeRoleARN: ROLE },
    { kind: "granted", scope: { accountID: "444455556666", assumeRole: { externalID: "owner-1/team-a" } } },
  ],
  [
    "a namespace without a grant is refused",
    { namespace: "team-b" },
    { kind: "refused", failure: { reason: "IdentityNotGranted" } },
  ],
  [
    "a grant of a role does not lend the identity itself",
    { namespace: "central" },
    { kind: "refused", failure: { reason: "IdentityNotGranted" } },
  ],
  [
    "a grant of the identity does not lend a role",
    { assumeRoleARN: ROLE },
    { kind: "refused", failure: { reason: "IdentityNotGranted" } },
  ],
  [
    "another role than the granted one is refused",
    { namespace: "central", assumeRoleARN: SA_ROLE },
    { kind: "refused", failure: { reason: "IdentityNotGranted" } },
  ],
  [
    "a missing service account is named",
    { namespace: "team-a", serviceAccountName: "none" },
    { kind: "refused", failure: { reason: "ServiceAccountNotFound" } },
  ],
  [
    "a service account of another namespace is not looked at",
    { namespace: "team-b", serviceAccountName: "fleet" },
    { kind: "refused", failure: { reason: "ServiceAccountNotFound" } },
  ],
  [
    "a service account without a role is refused",
    { namespace: "team-a", serviceAccountName: "bare" },
    { kind: "refused", failure: { reason: "RoleAnnotationMissing" } },
  ],
  [
    "an annotation that is no role is refused",
    { namespace: "team-a", serviceAccountName: "odd" },
    { kind: "refused", failure: { reason: "RoleAnnotationMissing" } },
  ],
  [
    "an unread service account is trouble on the way, not a refusal of the person",
    { namespace: "team-a", serviceAccountName: "unread" },
    { kind: "refused", failure: { class: "Transient" } },
  ],
  [
    "a Region that would change the host name is refused",
    { region: "x.example.com/" },
    { kind: "refused", failure: { reason: "RegionInvalid" } },
  ],
  [
    "a role that is none is refused",
    { assumeRoleARN: "fleet" },
    { kind: "refused", failure: { reason: "RoleARNInvalid" } },
  ],
];
for (const [sentence, request, expected] of rows) {
  test(`${sentence}, without a call to AWS`, async () => {
    const { resolution, awsCalls } = await resolve(request);
    expect(resolution).toMatchObject(expected);
    expect(awsCalls).toBe(0);
  });
}

test("grants that cannot be meant are named", () => {
  expect(grantFaults(GRANTS)).toEqual([]);
  expect(grantFaults([{ namespace: "", accountID: "111122223333" }])).toHaveLength(1);
  expect(grantFaults([{ namespace: "a", accountID: "1" }])).toHaveLength(1);
  expect(grantFaults([{ namespace: "a", accountID: "111122223333", roleARN: ROLE }])).toEqual([
    expect.stringContaining("444455556666"),
  ]);
  expect(
    grantFaults([
      { namespace: "a", accountID: "111122223333" },
      { namespace: "a", accountID: "444455556666" },
    ]),
  ).not.toEqual([]);
});
