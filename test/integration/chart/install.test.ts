/**
 * helm on a control plane of its own: the chart's CRDs are cluster-wide, so this cannot be isolated by namespace.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serviceAccountUser, startControlPlane } from "../../support/control-plane.ts";
import type { ControlPlane } from "../../support/control-plane.ts";
import { kubectl, kubectlOk } from "../../support/kubectl.ts";
import { yamlFiles, CRDS } from "../../../tools/build/chart-crds.ts";
import { CHART, findHelm } from "../../support/helm.ts";
import type { Helm } from "../../support/helm.ts";

const NAMESPACE = "cloudsync-system";
const RELEASE = ["cloudsync-operator", CHART, "--namespace", NAMESPACE];
const VALUES = {
  ownerID: "corp-identity",
  replicas: 0, // no kubelet here: the pods' form is checked by Pod Security below
  watchNamespaces: ["identity"],
  serviceAccountIdentities: [{ namespace: "identity", names: ["aws-fleet"] }],
};

let helm: Helm;
let plane: ControlPlane;
let directory: string;

beforeAll(async () => {
  helm = await findHelm();
  directory = mkdtempSync(join(tmpdir(), "cloudsync-chart-"));
  const users = [serviceAccountUser("identity", "stranger")];
  plane = await startControlPlane({ directory, hasControllerManager: false, users });
  for (const name of [NAMESPACE, "identity", "other"]) await kubectlOk(plane, ["create", "namespace", name]);
  const installed = await helmAt(["install", ...RELEASE]);
  if (installed.code !== 0) throw new Error(installed.stderr);
}, 900_000);

afterAll(async () => {
  await plane.stop();
  rmSync(directory, { recursive: true, force: true });
});

const helmAt = (args: readonly string[]) => helm([...args, "--kubeconfig", plane.kubeconfig], VALUES);
const names = async (args: readonly string[]): Promise<readonly string[]> =>
  (await kubectlOk(plane, ["get", ...args, "-o", "name"])).split("\n").filter((line) => line !== "");

test("the API server has the release's objects", async () => {
  const own = ["-n", NAMESPACE, "-l", "app.kubernetes.io/instance=cloudsync-operator"];
  expect(await names(["deployment,serviceaccount,configmap,pdb,role,rolebinding,service", ...own])).toEqual(
    expect.arrayContaining([
      "deployment.apps/cloudsync-operator",
      "serviceaccount/cloudsync-operator",
      "configmap/cloudsync-operator",
      "poddisruptionbudget.policy/cloudsync-operator",
      "role.rbac.authorization.k8s.io/cloudsync-operator",
      "rolebinding.rbac.authorization.k8s.io/cloudsync-operator",
      "service/cloudsync-operator-metrics",
    ]),
  );
  const crds = (await names(["crd"])).filter((name) => name.endsWith(".cloudsync.dev"));
  expect(crds).toHaveLength(yamlFiles(CRDS).size);
});

test("the pod passes Pod Security `restricted`", async () => {
  const deployment = JSON.parse(
    await kubectlOk(plane, ["-n", NAMESPACE, "get", "deployment", "cloudsync-operator", "-o", "json"]),
  ) as {
    spec: { template: { metadata: object; spec: object } };
  };
  const labels = ["pod-security.kubernetes.io/enforce=restricted"];
  await kubectlOk(plane, ["label", "namespace", NAMESPACE, ...labels]);
  const pod = (spec: object) =>
    JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "probe", namespace: NAMESPACE }, spec });
  const create = (spec: object) => kubectl(plane, ["create", "--dry-run=server", "-f", "-"], { stdin: pod(spec) });
  const { spec } = deployment.spec.template;
  expect((await create(spec)).stderr).toBe("");
  const asRoot = { ...spec, securityContext: { runAsUser: 0 } };
  expect((await create(asRoot)).stderr).toContain("violates PodSecurity");
});

/** Asked by the user itself, with its own token, not by impersonation; the answers as sentences. */
async function asked(rows: typeof may, kubeconfig: string): Promise<readonly string[]> {
  const ask = async ([verb, what, namespace]: (typeof may)[number]): Promise<string> => {
    const [resource = "", ...flags] = what.split(" ");
    const scope = namespace === "*" ? ["--all-namespaces"] : ["-n", namespace];
    const answer = await kubectl({ ...plane, kubeconfig }, ["auth", "can-i", verb, resource, ...flags, ...scope]);
    return `${verb} ${what} in ${namespace}: ${answer.stdout.trim()}`;
  };
  return Promise.all(rows.map(ask));
}
const allAnswered = (rows: typeof may, answer: "yes" | "no"): readonly string[] =>
  rows.map(([verb, what, namespace]) => `${verb} ${what} in ${namespace}: ${answer}`);

const may: readonly (readonly [verb: string, what: string, namespace: string])[] = [
  ["watch", "cloudsyncagentpools.cloudsync.dev", "identity"],
  ["create", "cloudsyncagents.cloudsync.dev", "identity"],
  ["delete", "cloudsyncagents.cloudsync.dev", "identity"],
  ["patch", "cloudsyncagents.cloudsync.dev --subresource=status", "identity"],
  ["patch", "cloudsyncagentpools.cloudsync.dev --subresource=status", "identity"],
  ["patch", "addomains.cloudsync.dev", "identity"],
  ["patch", "groupscopes.cloudsync.dev --subresource=status", "identity"],
  ["create", "events.events.k8s.io", "identity"],
  ["patch", "groupscopes.cloudsync.dev", "identity"],
  ["get", "configmaps", "identity"],
  ["create", "configmaps", "identity"],
  ["patch", "configmaps", "identity"],
  ["get", "validatingadmissionpolicies.admissionregistration.k8s.io/approvals.cloudsync.dev", "*"],
  ["get", "validatingadmissionpolicybindings.admissionregistration.k8s.io/approvals.cloudsync.dev", "*"],
  ["create", "serviceaccounts/aws-fleet --subresource=token", "identity"],
  ["get", "serviceaccounts/aws-fleet", "identity"],
  ["list", "namespaces", "*"],
  ["create", "leases.coordination.k8s.io", NAMESPACE],
  ["update", "leases.coordination.k8s.io/cloudsync-operator", NAMESPACE],
  ["get", "customresourcedefinitions.apiextensions.k8s.io/cloudsyncagents.cloudsync.dev", "*"],
];
const mayNot: readonly (readonly [verb: string, what: string, namespace: string])[] = [
  ["list", "secrets", "identity"],
  ["get", "secrets", NAMESPACE],
  ["get", "configmaps", NAMESPACE],
  ["list", "configmaps", "identity"],
  ["delete", "configmaps", "identity"],
  ["create", "configmaps", "other"],
  ["create", "serviceaccounts/default --subresource=token", "identity"],
  ["create", "serviceaccounts/cloudsync-operator --subresource=token", NAMESPACE],
  ["list", "serviceaccounts", "identity"],
  ["watch", "cloudsyncagents.cloudsync.dev", "other"],
  ["delete", "cloudsyncagents.cloudsync.dev", "other"],
  ["delete", "cloudsyncagentpools.cloudsync.dev", "identity"],
  ["create", "cloudsyncagentpools.cloudsync.dev", "identity"],
  ["delete", "addomains.cloudsync.dev", "identity"],
  ["update", "leases.coordination.k8s.io/another", NAMESPACE],
  ["delete", "leases.coordination.k8s.io", NAMESPACE],
  ["get", "leases.coordination.k8s.io", "kube-system"],
  ["patch", "customresourcedefinitions.apiextensions.k8s.io", "*"],
  ["delete", "customresourcedefinitions.apiextensions.k8s.io", "*"],
  ["list", "customresourcedefinitions.apiextensions.k8s.io", "*"],
  ["approve", "groupscopes.cloudsync.dev", "identity"],
  ["get", "validatingadmissionpolicies.admissionregistration.k8s.io/another", "*"],
  ["patch", "validatingadmissionpolicies.admissionregistration.k8s.io/approvals.cloudsync.dev", "*"],
  ["create", "pods", NAMESPACE],
  ["create", "rolebindings.rbac.authorization.k8s.io", NAMESPACE],
  ["escalate", "roles.rbac.authorization.k8s.io", NAMESPACE],
  ["impersonate", "users", "*"],
  ["*", "*", "*"],
];
test("the operator's service account may do what its loops do, and nothing beyond", async () => {
  expect(await asked(may, plane.operatorKubeconfig)).toEqual(allAnswered(may, "yes"));
  expect(await asked(mayNot, plane.operatorKubeconfig)).toEqual(allAnswered(mayNot, "no"));
}, 60_000);

test("a user bound to the chart's edit role changes pools and deletes agents, and only a pool makes agents", async () => {
  const stranger = "system:serviceaccount:identity:stranger";
  const kubeconfig = plane.kubeconfigs[stranger] ?? "";
  const rows: typeof may = [
    ["create", "cloudsyncagentpools.cloudsync.dev", "identity"],
    ["patch", "cloudsyncagentpools.cloudsync.dev --subresource=scale", "identity"],
    ["delete", "cloudsyncagents.cloudsync.dev", "identity"],
  ];
  expect(await asked(rows, kubeconfig)).toEqual(allAnswered(rows, "no"));
  const role = `cloudsync-operator:${NAMESPACE}:edit`;
  await kubectlOk(plane, [
    "-n",
    "identity",
    "create",
    "rolebinding",
    "edit",
    `--clusterrole=${role}`,
    "--serviceaccount=identity:stranger",
  ]);
  expect(await asked(rows, kubeconfig)).toEqual(allAnswered(rows, "yes"));
  const withheld: typeof may = [
    ["create", "cloudsyncagents.cloudsync.dev", "identity"],
    ["patch", "cloudsyncagents.cloudsync.dev --subresource=status", "identity"],
  ];
  expect(await asked(withheld, kubeconfig)).toEqual(allAnswered(withheld, "no"));
  const labels = await kubectlOk(plane, ["get", "clusterrole", role, "-o", "jsonpath={.metadata.labels}"]);
  expect(labels).toContain('"rbac.authorization.k8s.io/aggregate-to-edit":"true"');
});

test("uninstalling keeps the CRDs and the objects, and installing again takes them over", async () => {
  const scope = {
    apiVersion: "cloudsync.dev/v1alpha1",
    kind: "GroupScope",
    metadata: { name: "kept", namespace: "identity" },
    spec: { configurationRef: { name: "x" }, groups: { displayNames: ["sg-a"] } },
  };
  await kubectlOk(plane, ["create", "-f", "-"], { stdin: JSON.stringify(scope) });
  const uninstalled = await helmAt(["uninstall", "cloudsync-operator", "--namespace", NAMESPACE]);
  expect([uninstalled.code, uninstalled.stderr]).toEqual([0, expect.anything() as string]);
  expect(
    await names(["deployment,serviceaccount", "-n", NAMESPACE, "-l", "app.kubernetes.io/instance=cloudsync-operator"]),
  ).toEqual([]);
  expect(await names(["groupscopes.cloudsync.dev", "-n", "identity"])).toEqual(["groupscope.cloudsync.dev/kept"]);
  const again = await helmAt(["install", ...RELEASE]);
  expect([again.code, again.stderr]).toEqual([0, expect.anything() as string]);
  expect(await names(["groupscopes.cloudsync.dev", "-n", "identity"])).toEqual(["groupscope.cloudsync.dev/kept"]);
}, 60_000);
