/** Service accounts as the AWS side needs them, read through the Kubernetes port. */
import type { ServiceAccountReader, ServiceAccountTokenSource } from "../aws/scope/service-accounts.ts";
import type { KubeObject, KubePort, ResourceKind } from "../kube/port.ts";
import type { Failure } from "../runtime/failure.ts";

const SERVICE_ACCOUNT: ResourceKind = {
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  isNamespaced: true,
};

export function serviceAccountReader(kube: KubePort): ServiceAccountReader {
  return {
    async annotations(serviceAccount, signal) {
      const reading = await kube.get<KubeObject>(SERVICE_ACCOUNT, serviceAccount, signal);
      if (reading.kind === "ok") return { kind: "found", annotations: reading.object.metadata.annotations ?? {} };
      if (reading.kind === "notFound") return { kind: "notFound" };
      return { kind: "failed", failure: reading.kind === "failed" ? reading.failure : UNREADABLE };
    },
  };
}

export function serviceAccountTokens(kube: KubePort): ServiceAccountTokenSource {
  return {
    async token(serviceAccount, audience, signal) {
      const issued = await kube.requestServiceAccountToken(serviceAccount, audience, signal);
      if (issued.kind === "ok") return { kind: "issued", ...issued.object };
      return { kind: "failed", failure: issued.kind === "failed" ? issued.failure : UNREADABLE };
    },
  };
}

const UNREADABLE: Failure = {
  class: "NotFound",
  reason: "ServiceAccountNotFound",
  message: "The service account does not exist.",
  fix: "Create it, or correct spec.aws.serviceAccountRef.",
};
