/**
 * What a tenant's status says to people and tools.
 * Guarantees: Ready is computed; the first thing that stops something is named; failing beats unknown beats fine; nothing moves at rest (L1).
 */
import type { EntraTenantStatus } from "../../api/entra-tenant.ts";
import { sentenceOf, type Failure } from "../../runtime/failure.ts";
import { judgeCredentials } from "./credentials.ts";
import { DEPENDANTS_SHOWN_MAX, type TenantAction } from "./decide.ts";
import { CONFIGURATIONS_MAX, countConfigurations, judgeLicence } from "./licence.ts";
import { judgePermissions, type PermissionVerdict } from "./permissions.ts";
import type { IdentityEvidence, TenantSnapshot } from "./snapshot.ts";

export interface TenantFinding {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  /** Nothing will change without a person. */
  readonly isStalled?: boolean;
}

/** All condition findings of a tenant, Ready first. */
export function tenantFindings(snapshot: TenantSnapshot, action: TenantAction): readonly TenantFinding[] {
  const facts = tenantFacts(snapshot);
  const ready = readyFinding(snapshot, action, facts);
  const isDeleting = snapshot.tenant.metadata.deletionTimestamp !== undefined;
  const stall = isDeleting ? undefined : [ready, ...facts].find(({ isStalled }) => isStalled === true);
  const isOpen = isDeleting || (stall === undefined && ready.status !== "True");
  return [
    ready,
    stall === undefined
      ? { type: "Stalled", status: "False", reason: "NotStalled", message: "" }
      : { type: "Stalled", status: "True", reason: stall.reason, message: stall.message },
    isOpen
      ? { type: "Reconciling", status: "True", reason: ready.reason, message: ready.message }
      : { type: "Reconciling", status: "False", reason: stall === undefined ? "AtRest" : "Stalled", message: "" },
    {
      type: "Paused",
      status: snapshot.isPaused ? "True" : "False",
      reason: snapshot.isPaused ? "TenantPaused" : "NotPaused",
      message: "",
    },
    ...facts,
  ];
}

/** The members of the status beside conditions. */
export function tenantShown(
  snapshot: TenantSnapshot,
): Pick<EntraTenantStatus, "credentialExpiresAt" | "missingPermissions" | "configurations" | "dependants"> {
  const { expiresAtMs } = judgeCredentials(snapshot);
  const verdict = judgePermissions(snapshot);
  const missing = verdict.kind === "judged" ? verdict.missing : [];
  const count = countConfigurations(snapshot);
  const { dependants } = snapshot;
  return {
    ...(expiresAtMs === undefined
      ? {}
      : { credentialExpiresAt: new Date(expiresAtMs).toISOString().replace(/\.\d{3}Z$/, "Z") }),
    ...(missing.length === 0
      ? {}
      : {
          missingPermissions: missing
            .slice(0, MISSING_SHOWN_MAX)
            .map(({ permission, identity, stops }) => ({ permission, identity, stops: stops.slice(0, 200) })),
        }),
    configurations: { count, summary: `${count}/${CONFIGURATIONS_MAX}` },
    dependants: {
      count: dependants.length,
      ...(dependants.length === 0 ? {} : { first: dependants.slice(0, DEPENDANTS_SHOWN_MAX) }),
    },
  };
}

const MISSING_SHOWN_MAX = 20; // status.missingPermissions holds at most this many (src/api)

function tenantFacts(snapshot: TenantSnapshot): readonly TenantFinding[] {
  const credentials = judgeCredentials(snapshot);
  const licence = judgeLicence(snapshot);
  return [
    tokenFinding(snapshot),
    permissionFinding(judgePermissions(snapshot)),
    {
      type: "CredentialValid",
      status: credentials.status,
      reason: credentials.reason,
      message: credentials.message,
      isStalled: credentials.status === "False",
    },
    { type: "LicensePresent", ...licence, isStalled: licence.status === "False" },
    {
      type: "TenantFeaturesKnown",
      status: "Unknown",
      reason: "DelegatedOnly",
      message:
        "Tenant features answer to delegated tokens alone (entra-graph reference, 7), and none is ever stored in the cluster.",
    },
  ];
}

/** What is only told, and stops nothing by being unknown. */
const MAY_BE_UNKNOWN: ReadonlySet<string> = new Set(["CredentialValid", "LicensePresent", "TenantFeaturesKnown"]);

function readyFinding(
  { tenant, owner }: TenantSnapshot,
  action: TenantAction,
  facts: readonly TenantFinding[],
): TenantFinding {
  const type = "Ready";
  if (tenant.metadata.deletionTimestamp !== undefined) {
    const hold = action.kind === "hold" ? action : { reason: "Deleting", message: "" };
    return { type, status: "False", reason: hold.reason, message: hold.message };
  }
  if (owner.metadata.uid !== tenant.metadata.uid) {
    const message = `EntraTenant ${owner.metadata.namespace ?? ""}/${owner.metadata.name} is older and owns this tenant and client: use it (spec.allowedNamespaces admits namespaces), or delete it.`;
    return { type, status: "False", reason: "ClientTaken", message, isStalled: true };
  }
  const wrong =
    facts.find(({ status }) => status === "False") ??
    facts.find((fact) => fact.status === "Unknown" && !MAY_BE_UNKNOWN.has(fact.type));
  if (wrong !== undefined) return { type, status: wrong.status, reason: wrong.reason, message: wrong.message };
  const soon = facts.find(({ reason }) => reason === "ExpiresSoon");
  return { type, status: "True", reason: soon?.reason ?? "Ready", message: soon?.message ?? "" };
}

function tokenFinding({ credential, scopeCredential }: TenantSnapshot): TenantFinding {
  const type = "TokenAcquired";
  const identities: readonly (readonly [name: string, evidence: IdentityEvidence])[] = [
    ["spec.credential", credential],
    ...(scopeCredential === undefined ? [] : [["spec.scopeCredential", scopeCredential] as const]),
  ];
  if (credential.kind === "notAsked") {
    return { type, status: "Unknown", reason: "NotAsked", message: "Another object owns this tenant and client." };
  }
  const failing = identities.flatMap(([name, evidence]) =>
    evidence.kind === "refused" || evidence.kind === "failed" ? [{ name, ...evidence }] : [],
  );
  const worst = failing.find(({ failure }) => isPersons(failure)) ?? failing[0];
  if (worst === undefined) return { type, status: "True", reason: "TokenIssued", message: "" };
  const { failure, name, kind } = worst;
  const isStalled = kind === "refused" || isPersons(failure);
  // Lost, throttled or late answers say nothing about the credential (S5).
  return {
    type,
    status: isStalled ? "False" : "Unknown",
    reason: failure.reason,
    message: `${name}: ${sentenceOf(failure)}`,
    isStalled,
  };
}

function isPersons({ class: failureClass }: Failure): boolean {
  return failureClass === "Denied" || failureClass === "Permanent" || failureClass === "NotFound";
}

function permissionFinding(verdict: PermissionVerdict): TenantFinding {
  const type = "PermissionsGranted";
  if (verdict.kind === "unread") {
    const message = "Without a token nobody can tell what it would permit.";
    return { type, status: "Unknown", reason: "NoToken", message };
  }
  const required = verdict.missing.filter(({ isAdvisory }) => !isAdvisory);
  if (required.length > 0)
    return { type, status: "False", reason: "PermissionsMissing", message: words(required), isStalled: true };
  if (verdict.unclear.length > 0) {
    const message = `The application's owners could not be read, so Application.ReadWrite.OwnedBy may not do for: ${verdict.unclear.join("; ")}.`;
    return { type, status: "Unknown", reason: "OwnersUnread", message };
  }
  if (verdict.missing.length === 0) return { type, status: "True", reason: "Granted", message: "" };
  return { type, status: "True", reason: "GrantedWithGaps", message: words(verdict.missing) };
}

function words(missing: readonly { readonly permission: string; readonly identity: string; readonly stops: string }[]) {
  const named = missing.map(({ permission, identity, stops }) => `${permission} (${identity}) stops ${stops}`);
  return `Grant and consent: ${named.join(". ")}.`;
}
