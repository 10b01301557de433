/**
 * Decides with which identity an object reaches its tenant, without a call.
 * Guarantees: the operator's own identity is lent only where the process configuration grants that namespace that tenant and client; service
 * accounts and Secrets are those of the object's own namespace. Never: a grant read from a resource.
 */
import { isEntraCloud } from "../../runtime/entra-clouds.ts";
import type { Failure } from "../../runtime/failure.ts";
import type { AccessPort, AccessResolution, CredentialSpec, EntraAccess, IdentityProof } from "./port.ts";

/** One line of the process configuration: who may act with the operator's own workload identity, where, and as which application. */
export interface EntraIdentityGrant {
  readonly namespace: string;
  readonly tenantID: string;
  readonly clientID: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function accessResolver(grants: readonly EntraIdentityGrant[]): AccessPort["resolve"] {
  return (tenant, credential) => {
    if (credential.type === "None") return { kind: "none" };
    const { cloud } = tenant;
    const tenantID = tenant.tenantID.toLowerCase();
    const clientID = (credential.clientID ?? "").toLowerCase();
    if (!isEntraCloud(cloud)) return refused("CloudUnknown", `"${cloud.slice(0, 40)}" is not a cloud`, KNOWN_CLOUDS);
    // Both become parts of URLs, so their form is checked here too, not only by the schema.
    if (!UUID.test(tenantID)) return refused("TenantIDInvalid", "spec.tenantID is not a UUID", "Set the tenant's id.");
    if (!UUID.test(clientID))
      return refused("ClientIDMissing", "The credential has no clientID", "Set the application (client) id.");
    const proof = proofOf(tenant.namespace, credential);
    if ("class" in proof) return { kind: "refused", failure: proof };
    const access: EntraAccess = { cloud, tenantID, clientID, proof };
    if (proof.kind === "operator" && !isGranted(grants, tenant.namespace, access)) return notGranted(tenant.namespace);
    return { kind: "granted", access };
  };
}

function proofOf(namespace: string, credential: CredentialSpec): IdentityProof | Failure {
  const secretNames = [credential.secretRef?.name, credential.nextSecretRef?.name].filter((name) => name !== undefined);
  switch (credential.type) {
    case "WorkloadIdentity": {
      const name = credential.serviceAccountRef?.name;
      return name === undefined ? { kind: "operator" } : { kind: "serviceAccount", namespace, name };
    }
    case "ClientCertificate":
    case "ClientSecret":
      if (secretNames.length === 0)
        return permanent("SecretRefMissing", "The credential names no Secret", "Set secretRef.");
      return { kind: credential.type === "ClientSecret" ? "secret" : "certificate", namespace, secretNames };
    default:
      return permanent(
        "CredentialTypeUnknown",
        `"${credential.type.slice(0, 40)}" is not a type of credential that this operator knows`,
        "Use WorkloadIdentity, ClientCertificate or ClientSecret, or a newer operator.",
      );
  }
}

function isGranted(
  grants: readonly EntraIdentityGrant[],
  namespace: string,
  { tenantID, clientID }: EntraAccess,
): boolean {
  return grants.some(
    (grant) =>
      grant.namespace === namespace &&
      grant.tenantID.toLowerCase() === tenantID &&
      grant.clientID.toLowerCase() === clientID,
  );
}

const KNOWN_CLOUDS = "Use Public, USGovernment, USGovernmentDoD or China.";

function notGranted(namespace: string): AccessResolution {
  return {
    kind: "refused",
    failure: {
      class: "Denied",
      reason: "IdentityNotGranted",
      message: `The operator's configuration does not lend namespace ${namespace} its own identity for this tenant and client`,
      fix: "Set serviceAccountRef to a service account of this namespace, or have the operator's administrator add a grant (--entra-identity-grants-file).",
    },
  };
}

function refused(reason: string, message: string, fix: string): AccessResolution {
  return { kind: "refused", failure: permanent(reason, message, fix) };
}

function permanent(reason: string, message: string, fix: string): Failure {
  return { class: "Permanent", reason, message, fix };
}
