import { freshNamespace } from "../../support/namespace.ts";
import { eventually } from "../../support/eventually.ts";
import { kubectl, kubectlOk } from "../../support/kubectl.ts";
import { sharedControlPlane } from "../../support/shared-control-plane.ts";

test("the shared control plane collects the children of a deleted owner", async () => {
  const target = sharedControlPlane();
  const namespace = await freshNamespace(target);
  const configMap = (name: string, ownerUid?: string): string =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name,
        namespace: namespace.name,
        ownerReferences:
          ownerUid === undefined ? [] : [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: ownerUid }],
      },
    });
  await kubectlOk(target, ["create", "-f", "-"], { stdin: configMap("owner") });
  const get = ["-n", namespace.name, "get", "configmap"];
  const uid = await kubectlOk(target, [...get, "owner", "-o", "jsonpath={.metadata.uid}"]);
  await kubectlOk(target, ["create", "-f", "-"], { stdin: configMap("child", uid) });
  await kubectlOk(target, ["-n", namespace.name, "delete", "configmap", "owner"]);
  await eventually(
    "the child is gone",
    () => kubectl(target, [...get, "child"]),
    (answer) => answer.stderr.includes("NotFound"),
  );
  await namespace.delete();
});

test("the operator's service account has no rights that RBAC does not give", async () => {
  const shared = sharedControlPlane();
  const target = { kubectlPath: shared.kubectlPath, kubeconfig: shared.operatorKubeconfig };
  const answer = await kubectl(target, ["get", "secrets", "-A"]);
  expect(answer.code).not.toBe(0);
  expect(answer.stderr).toContain("system:serviceaccount:cloudsync-system:cloudsync-operator");
});
