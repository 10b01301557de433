/** Single Secrets as the Entra side needs them, read live through the Kubernetes port. Never: a list or a watch of Secrets. */
import type { SecretReader } from "../entra/access/cluster.ts";
import type { KubeObject, KubePort, ResourceKind } from "../kube/port.ts";
import type { Failure } from "../runtime/failure.ts";

const SECRET: ResourceKind = { group: "", version: "v1", kind: "Secret", plural: "secrets", isNamespaced: true };

type Secret = KubeObject & { readonly data?: Readonly<Record<string, string>> };

export function secretReader(kube: KubePort): SecretReader {
  return {
    async read(secret, signal) {
      const reading = await kube.get<Secret>(SECRET, secret, signal);
      if (reading.kind === "ok") return { kind: "found", values: decoded(reading.object.data ?? {}) };
      if (reading.kind === "notFound") return { kind: "notFound" };
      return { kind: "failed", failure: reading.kind === "failed" ? reading.failure : UNREADABLE };
    },
  };
}

function decoded(data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]),
  );
}

const UNREADABLE: Failure = {
  class: "Transient",
  reason: "SecretUnread",
  message: "The Secret could not be read.",
  fix: "None: read again.",
};
