/**
 * Refuses to start when the API server does not serve our kinds, or serves them from older files.
 * Guarantees: one sentence for each kind that names what to do.
 */
import { ANNOTATIONS, API_GROUP, KINDS, SCHEMA_VERSION } from "../api/kinds.ts";
import type { KubeObject, KubePort, ResourceKind } from "../kube/port.ts";

const CUSTOM_RESOURCE_DEFINITION: ResourceKind = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  isNamespaced: false,
};

/** Sentences about what is missing or too old; empty when all is served. */
export async function crdProblems(kube: KubePort, signal: AbortSignal): Promise<readonly string[]> {
  const problems = await Promise.all(KINDS.map(({ plural, kind }) => problemOf(kube, plural, kind, signal)));
  return problems.flat();
}

async function problemOf(
  kube: KubePort,
  plural: string,
  kind: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const name = `${plural}.${API_GROUP}`;
  const reading = await kube.get<KubeObject>(CUSTOM_RESOURCE_DEFINITION, { namespace: "", name }, signal);
  switch (reading.kind) {
    case "ok": {
      const served = Number(reading.object.metadata.annotations?.[ANNOTATIONS.schemaVersion] ?? "0");
      if (served >= SCHEMA_VERSION) return [];
      return [
        `The CRD of ${kind} is too old (schema ${served}, this operator needs ${SCHEMA_VERSION}): upgrade the CRDs first (helm upgrade, or kubectl apply -f crds/).`,
      ];
    }
    case "notFound":
      return [
        `The CRD of ${kind} (${name}) is not installed: install the chart with crds.enabled, or kubectl apply -f crds/.`,
      ];
    case "failed":
      return [`The CRD of ${kind} could not be read: ${reading.failure.message} ${reading.failure.fix}`];
    case "conflict":
    case "alreadyExists":
      return [`The CRD of ${kind} could not be read.`];
  }
}
