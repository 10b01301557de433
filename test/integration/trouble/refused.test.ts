/**
 * What a pool may not use is refused by name before any call leaves; what is missing is waited for.
 * Guarantees: "before any call" is the whole log of a world in which nothing else happens.
 */
import { conditionOf } from "../../support/stack-api.ts";
import { DOMAIN, POOL, TENANT } from "../../support/stack-manifests.ts";
import { FLEET_SERVICE_ACCOUNT } from "../../support/stack-cluster.ts";
import type { Stack } from "../../support/stack.ts";
import { assertTruth } from "../../support/truth.ts";
import { EXAMPLE_ACCOUNT_ID } from "../../support/operator.ts";
import * as fleets from "./fleets.ts";

interface Row {
  readonly what: string;
  readonly reason: string;
  /** Part of the sentence that tells what to do. */
  readonly fix: RegExp;
  readonly change: (ownerNamespace: string) => fleets.FleetChange;
  /** Objects of the namespace that are applied; all when absent. */
  readonly kinds?: readonly string[];
  readonly isWaiting?: boolean;
  readonly isGranted?: boolean;
}

/** A namespace with a tenant and a domain of its own, which admit nobody else. */
const OWNER = 0;

const POLICY = { awsAccountIDs: [EXAMPLE_ACCOUNT_ID], instanceProfiles: ["cloudsync-agent"], imageOwners: ["amazon"] };

const ROWS: readonly Row[] = [
  {
    what: "a role that nobody granted",
    reason: "IdentityNotGranted",
    fix: /identity grant/,
    change: () => ({
      pool: { spec: { aws: { assumeRole: { roleARN: `arn:aws:iam::${EXAMPLE_ACCOUNT_ID}:role/cloudsync-fleet` } } } },
    }),
  },
  {
    what: "the operator's identity in a namespace without a grant",
    reason: "IdentityNotGranted",
    fix: /serviceAccountRef/,
    change: () => ({}),
    isGranted: false,
  },
  {
    what: "a service account that is not there",
    reason: "ServiceAccountNotFound",
    fix: /Create it/,
    change: () => ({ pool: { spec: { aws: { serviceAccountRef: { name: FLEET_SERVICE_ACCOUNT } } } } }),
  },
  {
    what: "an account that the domain does not admit",
    reason: "AccountNotAllowed",
    fix: /spec\.hostPolicy\.awsAccountIDs/,
    change: () => ({ domain: { spec: { hostPolicy: { ...POLICY, awsAccountIDs: ["999988887777"] } } } }),
  },
  {
    what: "an instance profile that the domain does not admit",
    reason: "InstanceProfileNotAllowed",
    fix: /spec\.hostPolicy\.instanceProfiles/,
    change: () => ({ domain: { spec: { hostPolicy: { ...POLICY, instanceProfiles: ["other"] } } } }),
  },
  {
    what: "an installer that is not in the catalogue",
    reason: "InstallerNotInCatalogue",
    fix: /an administrator adds it/,
    change: () => ({ pool: { spec: { agent: { installer: { name: "homemade" } } } } }),
  },
  {
    what: "a domain of a namespace that does not consent",
    reason: "DomainNotConsenting",
    fix: /spec\.allowedNamespaces/,
    change: (namespace) => ({ pool: { spec: { domainRef: { name: DOMAIN, namespace } } } }),
    kinds: ["EntraTenant", "CloudSyncAgentPool"],
  },
  {
    what: "a tenant of a namespace that does not consent",
    reason: "TenantNotConsenting",
    fix: /spec\.allowedNamespaces/,
    change: (namespace) => ({ pool: { spec: { tenantRef: { name: TENANT, namespace } } } }),
    kinds: ["ADDomain", "CloudSyncAgentPool"],
  },
  {
    what: "a copy of another namespace's three objects",
    reason: "DomainNotUnique",
    fix: /refer to it, or delete it/,
    change: () => ({ domainIndex: OWNER }),
  },
  {
    what: "a tenant and a domain that are not there",
    reason: "TenantNotFound",
    fix: /apply it/,
    change: () => ({}),
    kinds: ["CloudSyncAgentPool"],
    isWaiting: true,
  },
];
const IMAGE = ROWS.length + 1;
const indexOf = (row: number): number => row + 1;

let stack: Stack;
let since: number;

beforeAll(async () => {
  stack = await fleets.startFleets({ namespaces: ROWS.length + 2 });
  const granted = stack.namespaces.filter((_, index) => index === 0 || ROWS[index - 1]?.isGranted !== false);
  stack.startOperator({ grants: granted.map((namespace) => ({ namespace, accountID: EXAMPLE_ACCOUNT_ID })) });
  since = await fleets.mark(stack);
  const owner = fleets.fleetOf(stack, OWNER);
  await stack.apply([...fleets.ofKind(owner, "EntraTenant"), ...fleets.ofKind(owner, "ADDomain")]);
  await fleets.until(stack, ["domains", stack.namespaces[OWNER] ?? ""], { Ready: "True" });
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // creation times are whole seconds; the owner is the older one
  await stack.apply(
    ROWS.flatMap(({ change, kinds }, row) =>
      fleets
        .fleetOf(stack, indexOf(row), change(stack.namespaces[OWNER] ?? ""))
        .filter(({ kind }) => kinds?.includes(kind) ?? true),
    ),
  );
  for (const [row, { reason }] of ROWS.entries())
    await fleets.until(stack, ["pools", stack.namespaces[indexOf(row)] ?? ""], { Ready: `False/${reason}` });
  await fleets.quietTime(3_000); // seven inventory intervals
}, fleets.TEST_MS);

afterEach(() => assertTruth(stack));

afterAll(async () => {
  await stack.stop();
}, fleets.TEST_MS);

test("not one call has reached AWS while everything was refused", async () => {
  expect(await fleets.callsSince(stack, since)).toEqual([]);
});

for (const [row, { what, reason, fix, isWaiting }] of ROWS.entries()) {
  test(`${what}: ${reason}, and what to do`, async () => {
    const pool = await fleets.until(stack, ["pools", stack.namespaces[indexOf(row)] ?? ""], {
      Ready: `False/${reason}`,
      PreflightPassed: `False/${reason}`,
      Stalled: isWaiting === true ? "False" : `True/${reason}`,
      Reconciling: isWaiting === true ? `True/${reason}` : "False",
    });
    expect(conditionOf(pool, "Ready")?.message).toMatch(fix);
    expect(await stack.agents(stack.namespaces[indexOf(row)])).toEqual([]);
  });
}

test(
  "an image of an owner that the domain does not admit is refused after reads alone",
  async () => {
    const from = await fleets.mark(stack);
    const image = { image: { id: "ami-0c3d4e5f607182930", ssmParameter: null } };
    await stack.apply(
      fleets.fleetOf(stack, IMAGE, { domain: { spec: { hostPolicy: POLICY } }, pool: { spec: { aws: image } } }),
    );
    const namespace = stack.namespaces[IMAGE] ?? "";
    const pool = await fleets.until(stack, ["pools", namespace], { Stalled: "True/ImageOwnerNotAllowed" });
    expect(conditionOf(pool, "Stalled")?.message).toContain("spec.hostPolicy.imageOwners");
    const actions = (await fleets.callsSince(stack, from)).map(({ action }) => action);
    expect(actions).toContain("DescribeImages");
    expect(actions.filter((action) => !/^(Describe|Get)/.test(action))).toEqual([]);
  },
  fleets.TEST_MS,
);

test(
  "what was refused goes on when its owner consents; what was missing, when it is applied",
  async () => {
    const [consenting, missing] = ["DomainNotConsenting", "TenantNotFound"].map(
      (reason) => stack.namespaces[indexOf(ROWS.findIndex((row) => row.reason === reason))] ?? "",
    ) as [string, string];
    const consent = { spec: { allowedNamespaces: { from: "All" }, hostPolicy: POLICY } };
    await stack.api.patch("domains", stack.namespaces[OWNER] ?? "", DOMAIN, consent);

    const index = stack.namespaces.indexOf(missing);
    const own = fleets.fleetOf(stack, index);
    await stack.apply(fleets.ofKind(own, "EntraTenant"));
    await fleets.until(stack, ["pools", missing], { Ready: "False/DomainNotFound" });
    await stack.apply(fleets.ofKind(own, "ADDomain"));

    for (const namespace of [consenting, missing]) {
      const [agent] = await stack.untilReady(1, { namespace, timeoutMs: fleets.PATIENCE_MS });
      expect(agent?.metadata.name).toBe(`${POOL}-0-1`);
    }
  },
  fleets.TEST_MS,
);
