/**
 * What a stack needs in the cluster before an operator can run: its namespaces and the rights that the chart gives.
 * Guarantees: the rules are the chart's, rendered by helm for exactly these namespaces; only the subject is the test control plane's operator user.
 */
import { CHART, findHelm, type Helm, type Manifest } from "./helm.ts";
import { parseAllDocuments } from "yaml";
import { kubectl, kubectlApply, kubectlOk, type KubectlTarget } from "./kubectl.ts";
import type { StackAPI, StackKind } from "./stack-api.ts";

/** The service account whose token is in the operator's kubeconfig (`control-plane.ts`, OPERATOR). */
const SUBJECT = { kind: "ServiceAccount", name: "cloudsync-operator", namespace: "cloudsync-system" };
/** The account that a namespace's pools may act with; tests that use it create it. */
export const FLEET_SERVICE_ACCOUNT = "aws-fleet";
const RBAC_KINDS: ReadonlySet<string> = new Set(["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]);

let helm: Promise<Helm> | undefined;

/** Makes namespaces and rights (in each namespace, or as the chart gives them when it watches all); returns the cluster-scoped objects, which no namespace takes with it. */
export async function prepareCluster(
  target: KubectlTarget,
  operatorNamespace: string,
  namespaces: readonly string[],
  hasClusterRights = false,
): Promise<readonly string[]> {
  const made = [operatorNamespace, ...namespaces].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  }));
  const rights = await chartRights(operatorNamespace, namespaces, hasClusterRights);
  const answer = await kubectlApply(target, [...made, ...rights], ["--server-side"]);
  if (answer.code !== 0) throw new Error(`the stack's rights: ${answer.stderr}`);
  return rights
    .filter(({ kind }) => kind.startsWith("Cluster"))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

async function chartRights(
  operatorNamespace: string,
  namespaces: readonly string[],
  hasClusterRights: boolean,
): Promise<readonly Manifest[]> {
  helm ??= findHelm();
  const render = await helm;
  const values = {
    ownerID: "stack",
    watchNamespaces: hasClusterRights ? [] : namespaces,
    serviceAccountIdentities: namespaces.map((namespace) => ({ namespace, names: [FLEET_SERVICE_ACCOUNT] })),
    crds: { enabled: false },
    rbac: { aggregateToUsers: false },
  };
  const answer = await render(["template", "cloudsync-operator", CHART, "--namespace", operatorNamespace], values);
  if (answer.code !== 0) throw new Error(answer.stderr);
  return parseAllDocuments(answer.stdout)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null)
    .filter(({ kind }) => RBAC_KINDS.has(kind))
    .map((manifest) => {
      const { metadata } = manifest;
      const placed = manifest.kind.startsWith("Cluster")
        ? manifest
        : { ...manifest, metadata: { ...metadata, namespace: metadata.namespace ?? operatorNamespace } };
      return manifest.kind.endsWith("Binding") ? { ...placed, subjects: [SUBJECT] } : placed;
    });
}

const FINALIZED: readonly StackKind[] = ["agents", "pools", "scopes", "configurations", "domains", "tenants"];

/** After the operators have ended: lets go of what they held, and starts the deletion of the namespaces. */
export async function releaseCluster(
  target: KubectlTarget,
  api: StackAPI,
  namespaces: readonly string[],
  clusterObjects: readonly string[],
): Promise<void> {
  for (const namespace of namespaces) {
    for (const kind of FINALIZED) {
      for (const { metadata } of await api.list(kind, namespace)) {
        if ((metadata.finalizers ?? []).length === 0) continue;
        // The garbage collector may be faster.
        await api.patch(kind, namespace, metadata.name, { metadata: { finalizers: null } }).catch(() => undefined);
      }
    }
  }
  await kubectlOk(target, ["delete", "namespace", ...namespaces, "--wait=false", "--ignore-not-found"]);
  if (clusterObjects.length > 0) await kubectl(target, ["delete", ...clusterObjects, "--ignore-not-found"]);
}
