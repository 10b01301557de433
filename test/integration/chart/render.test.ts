import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KINDS } from "../../../src/api/kinds.ts";
import { APPROVAL_POLICY_NAME, isBindingInForce, isPolicyInForce } from "../../../src/controllers/approval-trust.ts";
import { CHART_CRDS, CRDS, staleCopies, yamlFiles } from "../../../tools/build/chart-crds.ts";
import { parseConfig } from "../../../src/runtime/config.ts";
import type { OperatorConfig } from "../../../src/runtime/config.ts";
import { FLAGS } from "../../../src/runtime/config-flags.ts";
import type { Flag } from "../../../src/runtime/config-flags.ts";
import { LIMITS } from "../../../src/runtime/limits.ts";
import { CHART, findHelm, rendered } from "../../support/helm.ts";
import type { Helm, Manifest, Values } from "../../support/helm.ts";

let helm: Helm;
beforeAll(async () => {
  helm = await findHelm();
}, 900_000);

const OWNED = { ownerID: "corp-identity" };
const ENTRA_GRANT = {
  namespace: "identity",
  tenantID: "11111111-1111-4111-8111-111111111111",
  clientID: "22222222-2222-4222-8222-222222222222",
};
const GRANT = { namespace: "identity", accountID: "000022223333" };
const INSTALLER = {
  name: "provisioning-1.1.2505",
  kind: "Provisioning",
  bucket: "installers",
  bucketOwner: "111122223333",
  key: "agent.exe",
  versionID: "v1",
  sha256: "a".repeat(64),
  version: "1.1.2505.0",
  productName: "Microsoft Entra Provisioning Agent",
  signer: "Microsoft Corporation",
};

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly {
    readonly command?: readonly string[];
    readonly env: readonly { readonly name: string; readonly value: string }[];
    readonly args: readonly string[];
    readonly resources: { readonly limits: { readonly memory: string } };
  }[];
}
const podOf = (manifests: readonly Manifest[]): PodSpec => {
  const deployment = manifests.find(({ kind }) => kind === "Deployment") as unknown as {
    spec: { template: { spec: PodSpec } };
  };
  return deployment.spec.template.spec;
};

/** What the operator makes of the rendered pod: its arguments and its mounted files. */
function configOf(manifests: readonly Manifest[]): OperatorConfig {
  const { data } = manifests.find(({ kind }) => kind === "ConfigMap") as unknown as { data: Record<string, string> };
  const readFile = (path: string): string => data[path.replace("/etc/cloudsync/", "")] ?? "missing: [";
  const reading = parseConfig(podOf(manifests).containers[0]?.args ?? [], {}, readFile);
  if (reading.kind !== "config") throw new Error(JSON.stringify(reading));
  return reading.config;
}

test("the operator accepts what the chart gives it, files included", async () => {
  const values = {
    ...OWNED,
    watchNamespaces: ["identity", "emea"],
    identityGrants: [GRANT],
    entraIdentityGrants: [ENTRA_GRANT],
    installers: [INSTALLER],
    settings: {
      workers: 9,
      ec2ReadsRate: 2.5,
      graphWritesRate: 5,
      allowUnverified: "all-scope",
      allowSelfApproval: true,
    },
  };
  const config = configOf(await rendered(helm, values));
  expect(config).toMatchObject({
    ownerID: "corp-identity",
    operatorNamespace: "cloudsync-system",
    watchNamespaces: ["identity", "emea"],
    identityGrants: [GRANT],
    installers: [INSTALLER],
    workers: 9,
    rates: { ec2Reads: { perSecond: 2.5 } },
    awsEndpoints: { nonstandard: [] },
    entra: {
      identityGrants: [ENTRA_GRANT],
      rates: { writes: { perSecond: 5 } },
      allowedUnverified: ["all-scope"],
      isSelfApprovalAllowed: true,
      endpoints: { nonstandard: [] },
    },
  });
});

test("every setting of the schema is a flag of the operator, and every flag is a value but those the chart decides", async () => {
  const schema = JSON.parse(readFileSync(join(CHART, "values.schema.json"), "utf8")) as {
    properties: { settings: { properties: Record<string, { enum?: string[]; minimum?: number; pattern?: string }> } };
  };
  const settings = Object.entries(schema.properties.settings.properties);
  const defaults = new Map(Object.values<Flag<unknown>>(FLAGS).map((flag) => [flag.name, flag.default]));
  const camel = (flagName: string): string =>
    flagName.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const decidedByChart = [
    "owner-id",
    "watch-namespaces",
    "operator-namespace",
    "kubeconfig",
    "lease-name",
    "identity-grants",
    "entra-identity-grants-file",
    "installer-catalogue",
    "bind-address",
    "metrics-port",
    "health-port",
    "allow-nonstandard-endpoints",
  ];
  const expected = [...defaults.keys()].filter((name) => !decidedByChart.includes(name));
  expect(settings.map(([name]) => name).toSorted()).toEqual(expected.map(camel).toSorted());
  const number = /^[0-9.]+$/;
  const given = Object.fromEntries(
    expected.map((name) => [
      camel(name),
      number.test(defaults.get(name) ?? "") ? Number(defaults.get(name)) : defaults.get(name),
    ]),
  );
  const fromChart = configOf(await rendered(helm, { ...OWNED, settings: given }));
  const fromDefaults = configOf(await rendered(helm, OWNED));
  expect(fromChart).toEqual(fromDefaults);
});

test("the pod gets a federated token exactly when somebody may borrow its identity", async () => {
  const tokenFile = "AZURE_FEDERATED_TOKEN_FILE";
  expect(JSON.stringify(podOf(await rendered(helm, OWNED)))).not.toContain(tokenFile);
  const entraFederationAudience = "api://AzureADTokenExchangeUSGov";
  const pod = podOf(await rendered(helm, { ...OWNED, entraIdentityGrants: [ENTRA_GRANT], entraFederationAudience }));
  expect(JSON.stringify(pod)).toContain(tokenFile);
  expect(JSON.stringify(pod)).toContain(`"audience":"${entraFederationAudience}"`);
});

const refused: readonly (readonly [sentence: string, values: Values, says: string])[] = [
  ["no owner id", {}, "missing property 'ownerID'"],
  ["an owner id with a wildcard", { ownerID: "*" }, "/ownerID"],
  ["an unknown value", { ...OWNED, replicaCount: 3 }, "additional properties 'replicaCount' not allowed"],
  [
    "an unknown setting",
    { ...OWNED, settings: { leaseduration: "5s" } },
    "additional properties 'leaseduration' not allowed",
  ],
  [
    "a setting that allows foreign endpoints",
    { ...OWNED, settings: { allowNonstandardEndpoints: true } },
    "not allowed",
  ],
  [
    "environment variables, through which an endpoint could be named",
    { ...OWNED, env: [{ name: "AWS_ENDPOINT_URL" }] },
    "additional properties 'env' not allowed",
  ],
  [
    "an account that lost its quotes",
    { ...OWNED, identityGrants: [{ namespace: "a", accountID: 111122223333 }] },
    "accountID",
  ],
  ["a namespace pattern in a grant", { ...OWNED, identityGrants: [{ ...GRANT, namespace: "*" }] }, "namespace"],
  [
    "a whole namespace of service accounts",
    { ...OWNED, serviceAccountIdentities: [{ namespace: "a", names: [] }] },
    "names",
  ],
  ["a whole namespace of Secrets", { ...OWNED, secretReaders: [{ namespace: "a", names: [] }] }, "names"],
  [
    "a grant without a client",
    { ...OWNED, entraIdentityGrants: [{ namespace: "a", tenantID: ENTRA_GRANT.tenantID }] },
    "clientID",
  ],
  ["an unverified write nobody knows", { ...OWNED, settings: { allowUnverified: "everything" } }, "allowUnverified"],
];
for (const [sentence, values, says] of refused) {
  test(`helm refuses ${sentence}`, async () => {
    const answer = await helm(["template", "cloudsync-operator", CHART], values);
    expect(answer.code).not.toBe(0);
    expect(answer.stderr).toContain(says);
  });
}

test("every object of the schema is closed, the free maps of Kubernetes apart", () => {
  const open: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, additionalProperties } = node as { type?: unknown; additionalProperties?: unknown };
    if (type === "object" && additionalProperties !== false) open.push(path);
    for (const [name, child] of Object.entries(node)) walk(child, `${path}/${name}`);
  };
  walk(JSON.parse(readFileSync(join(CHART, "values.schema.json"), "utf8")), "");
  expect(open.map((path) => path.split("/").at(-1)).toSorted()).toEqual(
    [
      "annotations",
      "global",
      "nodeAffinity",
      "nodeSelector",
      "podAffinity",
      "podAnnotations",
      "podAntiAffinity",
      "podLabels",
    ].toSorted(),
  );
});

test("the chart carries the CRDs of crds/, all of them, unchanged", () => {
  expect(yamlFiles(CRDS).size).toBeGreaterThan(0);
  expect(yamlFiles(CHART_CRDS).size).toBe(yamlFiles(CRDS).size);
  expect(staleCopies()).toEqual([]);
});

test("crds.enabled and crds.keep do what they say", async () => {
  const crdsWith = async (crds: object): Promise<readonly Manifest[]> =>
    (await rendered(helm, { ...OWNED, crds })).filter(({ kind }) => kind === "CustomResourceDefinition");
  expect(await crdsWith({ enabled: false })).toEqual([]);
  const kept = await crdsWith({});
  expect(kept).toHaveLength(yamlFiles(CRDS).size);
  for (const { metadata } of kept) expect(metadata.annotations?.["helm.sh/resource-policy"]).toBe("keep");
  for (const { metadata } of await crdsWith({ keep: false }))
    expect(metadata.annotations?.["helm.sh/resource-policy"]).toBeUndefined();
});

test("no role has a wildcard, reads a Secret that is not named, or writes a CRD or a role", async () => {
  const values = {
    ...OWNED,
    serviceAccountIdentities: [{ namespace: "identity", names: ["aws-fleet"] }],
    secretReaders: [{ namespace: "identity", names: ["entra-certificate", "entra-next"] }],
  };
  const manifests = [
    ...(await rendered(helm, values)),
    ...(await rendered(helm, { ...values, watchNamespaces: ["identity"] })),
  ];
  const rules = manifests
    .filter(({ kind }) => kind === "Role" || kind === "ClusterRole")
    .flatMap(
      (role) =>
        role["rules"] as { apiGroups: string[]; resources: string[]; verbs: string[]; resourceNames?: string[] }[],
    );
  expect(rules.length).toBeGreaterThan(10);
  const ofSecrets = rules.filter(({ resources }) => resources.includes("secrets"));
  const named = { apiGroups: [""], resources: ["secrets"], verbs: ["get"] };
  expect(ofSecrets).toEqual(
    [1, 2].map(() => ({ ...named, resourceNames: ["entra-certificate", "entra-next"] })), // one for each rendering
  );
  for (const { apiGroups, resources, verbs, resourceNames } of rules) {
    expect([...apiGroups, ...resources, ...verbs]).not.toContain("*");
    expect(apiGroups).not.toContain("rbac.authorization.k8s.io");
    if (resources.includes("customresourcedefinitions")) expect(verbs).toEqual(["get"]);
    if (resources.includes("serviceaccounts/token")) expect(resourceNames).toEqual(["aws-fleet"]);
  }
});

test("watched namespaces get a Role each and no cluster-wide right to objects", async () => {
  const manifests = await rendered(helm, {
    ...OWNED,
    watchNamespaces: ["identity", "emea"],
    rbac: { aggregateToUsers: false },
  });
  const named = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
  expect(
    named("Role")
      .map(({ metadata }) => metadata.namespace ?? "cloudsync-system")
      .toSorted(),
  ).toEqual(["cloudsync-system", "emea", "identity"]);
  expect(JSON.stringify(named("ClusterRole"))).not.toContain('"cloudsync.dev"');
});

test("the pod ends after the operator does, and its heap is 75 % of its memory limit", async () => {
  const pod = podOf(await rendered(helm, OWNED));
  expect(pod.terminationGracePeriodSeconds * 1_000).toBe(LIMITS.terminationGraceMs);
  const container = pod.containers[0];
  const limitMiB = Number(container?.resources.limits.memory.replace("Mi", ""));
  expect(container?.env).toEqual([{ name: "NODE_OPTIONS", value: `--max-old-space-size=${limitMiB * 0.75}` }]);
  // The image's entry point has flags of its own.
  expect(container?.command).toBeUndefined();
});

test("the approval policy is the one that the operator looks for, guards every kind, and can be left out", async () => {
  const policies = async (values: Values): Promise<readonly Manifest[]> =>
    (await rendered(helm, values)).filter(({ kind }) => kind.startsWith("ValidatingAdmissionPolicy"));
  expect(await policies({ ...OWNED, approvalPolicy: { enabled: false } })).toEqual([]);
  const [policy, binding] = await policies(OWNED);
  expect([policy?.metadata.name, binding?.metadata.name]).toEqual([APPROVAL_POLICY_NAME, APPROVAL_POLICY_NAME]);
  expect(isPolicyInForce(policy as never)).toBe(true);
  expect(isBindingInForce(binding as never)).toBe(true);
  const { resourceRules } = (
    policy as unknown as { spec: { matchConstraints: { resourceRules: { resources: string[] }[] } } }
  ).spec.matchConstraints;
  expect(resourceRules.flatMap(({ resources }) => resources).toSorted()).toEqual(
    KINDS.map(({ plural }) => plural).toSorted(),
  );
  const expressions = JSON.stringify(policy);
  for (const [where, value] of [
    ["removalCeiling.maxCount <= ", 5],
    ["removalCeiling.maxPercent <= ", 10],
    ["additionCeiling.maxCount <= ", 25],
    ["deletionThreshold.value <= ", 50],
  ] as const)
    expect(expressions).toContain(`${where}${value}`);
});

test("nobody gets the verb approve by aggregation", async () => {
  const roles = (await rendered(helm, OWNED)).filter(({ kind }) => kind === "ClusterRole");
  const approving = roles.filter((role) => JSON.stringify(role["rules"]).includes('"approve"'));
  expect(approving.map(({ metadata }) => metadata.name)).toEqual([expect.stringMatching(/:approve$/) as string]);
  expect(JSON.stringify(approving)).not.toContain("aggregate-to");
});
