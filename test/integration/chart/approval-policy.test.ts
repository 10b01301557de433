/**
 * The chart's admission policy on a real API server, on a control plane of its own: the policy is cluster-wide.
 * One user may edit, one may also approve; each guarded field is set and changed by both.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { approvalTrust, APPROVAL_POLICY_NAME } from "../../../src/controllers/approval-trust.ts";
import { kubeClient } from "../../../src/kube/client.ts";
import { undiciTransport } from "../../../src/kube/undici-transport.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { serviceAccountUser, startControlPlane } from "../../support/control-plane.ts";
import type { ControlPlane } from "../../support/control-plane.ts";
import { eventually } from "../../support/eventually.ts";
import { CHART, findHelm } from "../../support/helm.ts";
import { kubectlOk } from "../../support/kubectl.ts";
import { ApiServer, type Answer } from "../api/api-server.ts";

const SYSTEM = "cloudsync-system";
const RELEASE = ["cloudsync-operator", CHART, "--namespace", SYSTEM];
const PATHS = {
  SyncConfiguration: "/apis/cloudsync.dev/v1alpha1/namespaces/identity/syncconfigurations",
  GroupScope: "/apis/cloudsync.dev/v1alpha1/namespaces/identity/groupscopes",
  ADDomain: "/apis/cloudsync.dev/v1alpha1/namespaces/identity/addomains",
} as const;
type Kind = keyof typeof PATHS;
type Spec = Readonly<Record<string, unknown>>;

let directory: string;
let plane: ControlPlane;
let editor: ApiServer;
let approver: ApiServer;

const SPECS: Readonly<Record<Kind, Spec>> = {
  SyncConfiguration: {
    tenantRef: { name: "contoso" },
    connector: "EntraToAD",
    entraToAD: {
      domainRef: { name: "corp" },
      targetContainer: { constant: "OU=EntraGroups,DC=corp,DC=example,DC=com" },
    },
  },
  GroupScope: { configurationRef: { name: "corp" }, groups: { displayNames: ["sg-a"] } },
  ADDomain: {
    dnsName: "corp.example.com",
    netBIOSName: "CORP",
    type: "SelfManaged",
    join: {
      credential: { secretARN: "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/join-AbCdEf" },
      organizationalUnit: "OU=CloudSync,DC=corp,DC=example,DC=com",
    },
    gmsa: {
      mode: "Existing",
      name: "gmsaCloudSync$",
      hostGroup: "CN=CloudSyncHosts,OU=CloudSync,DC=corp,DC=example,DC=com",
    },
  },
};
const HASH = `sha256:${"a".repeat(64)}`;
const RELEASED = { "cloudsync.dev/release": "true" };

beforeAll(async () => {
  const helm = await findHelm();
  directory = mkdtempSync(join(tmpdir(), "cloudsync-approval-"));
  const users = [serviceAccountUser("identity", "editor"), serviceAccountUser("identity", "approver")];
  plane = await startControlPlane({ directory, hasControllerManager: false, users });
  for (const name of [SYSTEM, "identity"]) await kubectlOk(plane, ["create", "namespace", name]);
  const installed = await helm(["install", ...RELEASE, "--kubeconfig", plane.kubeconfig], {
    ownerID: "corp",
    replicas: 0,
  });
  if (installed.code !== 0) throw new Error(installed.stderr);
  const bind = (role: string, account: string) =>
    kubectlOk(plane, [
      "-n",
      "identity",
      "create",
      "rolebinding",
      `${account}-${role}`,
      `--clusterrole=cloudsync-operator:${SYSTEM}:${role}`,
      `--serviceaccount=identity:${account}`,
    ]);
  for (const [role, account] of [
    ["edit", "editor"],
    ["view", "editor"],
    ["edit", "approver"],
    ["view", "approver"],
    ["approve", "approver"],
  ] as const)
    await bind(role, account);
  const server = (account: string): ApiServer =>
    new ApiServer({ kubeconfig: plane.kubeconfigs[`system:serviceaccount:identity:${account}`] ?? "" });
  editor = server("editor");
  approver = server("approver");
  // The API server takes a moment to see roles and policy.
  await eventually(
    "the roles and the policy are seen",
    async () => {
      const denied = await create(editor, "GroupScope", { spec: { approvedPlan: HASH } });
      const allowed = await create(approver, "GroupScope", { spec: { approvedPlan: HASH } });
      return [denied.code, messageOf(denied).includes("approvedPlan"), allowed.code, messageOf(denied)];
    },
    ([denied, isByPolicy, allowed]) => denied === 403 && isByPolicy === true && allowed === 201,
    { timeoutMs: 30_000 },
  );
}, 900_000);

afterAll(async () => {
  await Promise.all([editor.close(), approver.close()]);
  await plane.stop();
  rmSync(directory, { recursive: true, force: true });
});

interface Change {
  readonly spec?: Spec;
  readonly annotations?: Readonly<Record<string, string>>;
}

function manifest(kind: Kind, { spec = {}, annotations = {} }: Change) {
  return {
    apiVersion: "cloudsync.dev/v1alpha1",
    kind,
    metadata: { name: `one-${kind.toLowerCase()}`, namespace: "identity", annotations },
    spec: { ...SPECS[kind], ...spec },
  };
}

function create(server: ApiServer, kind: Kind, change: Change): Promise<Answer> {
  const object = manifest(kind, change);
  const named = { ...object, metadata: { ...object.metadata, name: "new" } };
  return server.send("POST", `${PATHS[kind]}?dryRun=All`, named);
}

/** The object stands with `from`; the user puts `to` in its place. */
async function update(server: ApiServer, kind: Kind, from: Change, to: Change): Promise<Answer> {
  const admin = new ApiServer(plane);
  const path = `${PATHS[kind]}/${manifest(kind, from).metadata.name}`;
  try {
    await admin.send("DELETE", path);
    const made = await admin.send("POST", PATHS[kind], manifest(kind, from));
    if (made.code !== 201) throw new Error(JSON.stringify(made.body));
    const { metadata } = made.body as { metadata: object };
    const wanted = manifest(kind, to);
    return await server.send("PUT", `${path}?dryRun=All`, { ...wanted, metadata: { ...metadata, ...wanted.metadata } });
  } finally {
    await admin.close();
  }
}

const messageOf = ({ body }: Answer): string => (body as { message?: string }).message ?? "";

const CEILING = { removalCeiling: { maxCount: 6 } };
const guarded: readonly (readonly [sentence: string, kind: Kind, change: Change, names: string])[] = [
  [
    "an approved plan of a configuration",
    "SyncConfiguration",
    { spec: { approvals: { plan: HASH } } },
    "spec.approvals",
  ],
  [
    "forced deletes",
    "SyncConfiguration",
    { spec: { approvals: { forceDeletes: { quarantineBegan: "2026-11-21T08:00:00Z", stagedDeletesHash: HASH } } } },
    "spec.approvals",
  ],
  ["a budget of edits", "SyncConfiguration", { spec: { change: { maxLeaving: 6 } } }, "spec.change"],
  ["a removal ceiling", "SyncConfiguration", { spec: { scopePolicy: CEILING } }, "spec.scopePolicy"],
  [
    "a removal share",
    "SyncConfiguration",
    { spec: { scopePolicy: { removalCeiling: { maxPercent: 11 } } } },
    "spec.scopePolicy",
  ],
  [
    "a shorter removal window",
    "SyncConfiguration",
    { spec: { scopePolicy: { removalCeiling: { window: "23h" } } } },
    "spec.scopePolicy",
  ],
  [
    "an addition ceiling",
    "SyncConfiguration",
    { spec: { scopePolicy: { additionCeiling: { maxCount: 26 } } } },
    "spec.scopePolicy",
  ],
  [
    "an authoritative scope",
    "SyncConfiguration",
    { spec: { scopePolicy: { authoritativeFrom: { name: "all" } } } },
    "spec.scopePolicy",
  ],
  [
    "a higher deletion threshold",
    "SyncConfiguration",
    { spec: { deletionThreshold: { value: 51 } } },
    "spec.deletionThreshold",
  ],
  [
    "no deletion threshold",
    "SyncConfiguration",
    { spec: { deletionThreshold: { enabled: false } } },
    "spec.deletionThreshold",
  ],
  ["a configuration that deletes", "SyncConfiguration", { spec: { deletionPolicy: "Delete" } }, "spec.deletionPolicy"],
  ["an approved plan of a scope", "GroupScope", { spec: { approvedPlan: HASH } }, "spec.approvedPlan"],
  ["an Authoritative scope", "GroupScope", { spec: { policy: "Authoritative" } }, "spec.policy"],
  ["a scope that deletes", "GroupScope", { spec: { deletionPolicy: "Delete" } }, "spec.deletionPolicy"],
  ["a scope's larger budget", "GroupScope", { spec: { removal: { maxCount: 6 } } }, "spec.removal"],
  ["release of a scope", "GroupScope", { annotations: RELEASED }, "cloudsync.dev/release"],
  ["release of a configuration", "SyncConfiguration", { annotations: RELEASED }, "cloudsync.dev/release"],
  ["release of a domain", "ADDomain", { annotations: RELEASED }, "cloudsync.dev/release"],
];
for (const [sentence, kind, change, names] of guarded) {
  test(`${sentence} needs approve, in a new object and in one that is there`, async () => {
    for (const attempt of [await create(editor, kind, change), await update(editor, kind, {}, change)]) {
      expect([attempt.code, messageOf(attempt)]).toEqual([403, expect.stringContaining(names)]);
    }
    expect((await create(approver, kind, change)).code).toBe(201);
    expect((await update(approver, kind, {}, change)).code).toBe(200);
  });
}

const free: readonly (readonly [sentence: string, kind: Kind, from: Change, to: Change])[] = [
  ["an edit of a scope's groups", "GroupScope", {}, { spec: { groups: { displayNames: ["sg-b"] } } }],
  [
    "an edit beside an approval that stands",
    "GroupScope",
    { spec: { approvedPlan: HASH } },
    { spec: { approvedPlan: HASH, mode: "Observe" } },
  ],
  ["taking an approval away", "GroupScope", { spec: { approvedPlan: HASH } }, {}],
  [
    "going back to Retain and Additive",
    "GroupScope",
    { spec: { deletionPolicy: "Delete", policy: "Authoritative" } },
    {},
  ],
  ["taking the release annotation away", "GroupScope", { annotations: RELEASED }, {}],
  [
    "an edit of a configuration with ceilings of its own",
    "SyncConfiguration",
    { spec: { scopePolicy: CEILING } },
    { spec: { scopePolicy: CEILING, state: "Paused" } },
  ],
];
for (const [sentence, kind, from, to] of free)
  test(`${sentence} needs no approve`, async () => {
    const answer = await update(editor, kind, from, to);
    expect([answer.code, messageOf(answer)]).toEqual([200, ""]);
  });

test("new objects with the defaults, or stricter than them, need no approve", async () => {
  for (const kind of Object.keys(PATHS) as Kind[])
    expect([(await create(editor, kind, {})).code, kind]).toEqual([201, kind]);
  const strict = {
    scopePolicy: { removalCeiling: { maxCount: 1, window: "48h" } },
    deletionThreshold: { value: 5 },
    change: { maxLeaving: 0 },
  };
  expect((await create(editor, "SyncConfiguration", { spec: strict })).code).toBe(201);
  expect((await create(editor, "GroupScope", { spec: { removal: { maxCount: 1 } } })).code).toBe(201);
});

test("a ceiling that is there is changed by an approver only, in both directions", async () => {
  const stricter = { spec: { scopePolicy: { removalCeiling: { maxCount: 1 } } } };
  expect((await update(editor, "SyncConfiguration", { spec: { scopePolicy: CEILING } }, stricter)).code).toBe(403);
  expect((await update(approver, "SyncConfiguration", { spec: { scopePolicy: CEILING } }, stricter)).code).toBe(200);
});

test("the operator trusts approvals while the policy and its binding are in force, and not otherwise", async () => {
  const clock = systemClock;
  const transport = await undiciTransport({ clock, userAgent: "approval-test", kubeconfig: plane.operatorKubeconfig });
  const nothing = (): void => undefined;
  const metrics = { wrote: nothing, requestRetried: nothing } as never;
  const kube = kubeClient({ transport, clock, dice: () => 0.5, metrics });
  const isTrusted = (isSelfApprovalAllowed: boolean): Promise<boolean> =>
    approvalTrust({ kube, clock, entraSettings: { allowedUnverified: new Set(), isSelfApprovalAllowed } }).isTrusted(
      new AbortController().signal,
    );
  try {
    expect(await isTrusted(false)).toBe(true);
    await kubectlOk(plane, [
      "patch",
      "validatingadmissionpolicybinding",
      APPROVAL_POLICY_NAME,
      "--type=merge",
      "-p",
      '{"spec":{"validationActions":["Audit"]}}',
    ]);
    expect(await isTrusted(false)).toBe(false);
    await kubectlOk(plane, ["delete", "validatingadmissionpolicybinding", APPROVAL_POLICY_NAME]);
    expect(await isTrusted(false)).toBe(false);
    expect(await isTrusted(true)).toBe(true);
  } finally {
    await transport.close();
  }
});
