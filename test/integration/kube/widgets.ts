/** A kind of the tests' own, so that the runtime is tested without knowing the product: spec, status, conditions. */
import type { KubeObject, ResourceKind } from "../../../src/kube/port.ts";
import { kubectlOk } from "../../support/kubectl.ts";
import type { KubectlTarget } from "../../support/kubectl.ts";

export const WIDGETS: ResourceKind = {
  group: "kubetest.example.com",
  version: "v1",
  kind: "Widget",
  plural: "widgets",
  isNamespaced: true,
};

export interface Widget extends KubeObject {
  readonly spec?: { readonly size?: number };
  readonly status?: { readonly seen?: number; readonly note?: string };
}

const freeForm = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const CRD = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${WIDGETS.plural}.${WIDGETS.group}` },
  spec: {
    group: WIDGETS.group,
    scope: "Namespaced",
    names: { kind: WIDGETS.kind, plural: WIDGETS.plural, singular: "widget" },
    versions: [
      {
        name: WIDGETS.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: "object", properties: { spec: freeForm, status: freeForm } } },
      },
    ],
  },
};

export async function installWidgets(target: KubectlTarget): Promise<void> {
  await kubectlOk(target, ["apply", "--server-side", "-f", "-"], { stdin: JSON.stringify(CRD) });
  await kubectlOk(target, ["wait", "--for=condition=Established", "--timeout=30s", `crd/${CRD.metadata.name}`]);
}

export function widget(namespace: string, name: string, size = 1, metadata: object = {}): object {
  return {
    apiVersion: `${WIDGETS.group}/${WIDGETS.version}`,
    kind: WIDGETS.kind,
    metadata: { name, namespace, ...metadata },
    spec: { size },
  };
}
