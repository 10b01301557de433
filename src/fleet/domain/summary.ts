/**
 * What a domain's status says, from what its hosts found and from the other objects that name it.
 * Guarantees: the older of two objects of one DNS name wins; nothing is called good that no host has shown (S5).
 */
import type { ADDomain } from "../../api/ad-domain.ts";
import type { CloudSyncAgent } from "../../api/cloud-sync-agent.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import { FINALIZERS } from "../../api/kinds.ts";

export interface ConditionFinding {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

export interface DomainSnapshot {
  readonly domain: ADDomain;
  readonly owner: ADDomain;
  readonly isPaused: boolean;
  /** Agents of any namespace whose frozen template names this object: each has something outside to undo. */
  readonly dependants: readonly CloudSyncAgent[];
  /** Configurations that write to this domain and carry their finalizer: each has something in Entra to undo, to keep or to let go. */
  readonly configurations: readonly SyncConfiguration[];
}

export type DomainAction =
  | { readonly kind: "rest" }
  | { readonly kind: "addFinalizer" }
  | { readonly kind: "removeFinalizer" }
  | { readonly kind: "hold"; readonly reason: string; readonly message: string };

/** @returns the finalizer's fate: set while the object lives, gone when nothing outside depends on it any more */
export function decideDomain({ domain, dependants, configurations }: DomainSnapshot): DomainAction {
  const isHeld = (domain.metadata.finalizers ?? []).includes(FINALIZERS.inUse);
  if (domain.metadata.deletionTimestamp === undefined) return isHeld ? { kind: "rest" } : { kind: "addFinalizer" };
  if (!isHeld) return { kind: "rest" };
  if (dependants.length + configurations.length === 0) return { kind: "removeFinalizer" };
  const hosts =
    dependants.length === 0
      ? []
      : [
          `${dependants.length} agents still have hosts to take away: ${dependantPaths(dependants).join(", ")}. Delete their pools, or release them.`,
        ];
  const written =
    configurations.length === 0
      ? []
      : [
          `${configurations.length} configurations still write to it: ${dependantPaths(configurations).join(", ")}. Delete them, or release them.`,
        ];
  return { kind: "hold", reason: "InUse", message: [...hosts, ...written].join(" ") };
}

const DEPENDANTS_SHOWN_MAX = 5;

export function dependantPaths(dependants: readonly (CloudSyncAgent | SyncConfiguration)[]): readonly string[] {
  const paths = dependants.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
  return paths.sort().slice(0, DEPENDANTS_SHOWN_MAX);
}

const SHOWS_SCHEMA = "PreflightPassed";
const SHOWS_GMSA = "Configured";
/** The links of an agent that show something of its domain. */
export const SHOWN_BY_HOSTS: readonly string[] = [SHOWS_SCHEMA, SHOWS_GMSA];

export function domainFindings(snapshot: DomainSnapshot, action: DomainAction): readonly ConditionFinding[] {
  const { domain, owner, isPaused, dependants } = snapshot;
  const isOwner = owner.metadata.uid === domain.metadata.uid;
  const isDeleting = domain.metadata.deletionTimestamp !== undefined;
  const facts = [
    directoryFinding(domain),
    spreadFinding(),
    fromHosts("SchemaPresent", SHOWS_SCHEMA, dependants),
    fromHosts("GMSAUsable", SHOWS_GMSA, dependants),
  ];
  const failing = facts.find(({ status }) => status === "False");
  const duplicate = isOwner
    ? undefined
    : {
        reason: "DNSNameTaken",
        message: `ADDomain ${owner.metadata.namespace ?? ""}/${owner.metadata.name} is older and owns ${domain.spec.dnsName}: use it (spec.allowedNamespaces admits namespaces), or delete it.`,
      };
  const stall = duplicate ?? failing;
  const hold = action.kind === "hold" ? action : undefined;
  const wrong =
    stall ?? (isDeleting ? { reason: hold?.reason ?? "Deleting", message: hold?.message ?? "" } : undefined);
  return [
    wrong === undefined
      ? { type: "Ready", status: "True", reason: "Accepted", message: "" }
      : { type: "Ready", status: "False", reason: wrong.reason, message: wrong.message },
    stall === undefined
      ? { type: "Stalled", status: "False", reason: "NotStalled", message: "" }
      : { type: "Stalled", status: "True", reason: stall.reason, message: stall.message },
    {
      type: "Reconciling",
      status: isDeleting ? "True" : "False",
      reason: isDeleting ? (hold?.reason ?? "Deleting") : "AtRest",
      message: hold?.message ?? "",
    },
    {
      type: "Paused",
      status: isPaused ? "True" : "False",
      reason: isPaused ? "DomainPaused" : "NotPaused",
      message: "",
    },
    ...facts,
  ];
}

function directoryFinding({ spec }: ADDomain): ConditionFinding {
  const type = "DirectoryActive";
  if (spec.type === "SelfManaged")
    return {
      type,
      status: "Unknown",
      reason: "SelfManaged",
      message: "A self-managed directory has no API that tells; hosts do, in preflight.",
    };
  return { type, status: "Unknown", reason: "NotRead", message: "Directory Service is not read by this version." };
}

/** Needs the zones of the domain controllers, which no reading of this version gives. */
function spreadFinding(): ConditionFinding {
  return {
    type: "DomainControllersSpread",
    status: "Unknown",
    reason: "NotDetermined",
    message: "The zones of the domain controllers are not read by this version.",
  };
}

/** One host that shows it proves it for the domain; a failure counts only when no host shows the opposite. */
function fromHosts(type: string, link: string, dependants: readonly CloudSyncAgent[]): ConditionFinding {
  const found = dependants.flatMap(
    ({ status }) => status.conditions?.filter((condition) => condition.type === link) ?? [],
  );
  if (found.some(({ status }) => status === "True"))
    return { type, status: "True", reason: "ShownByHost", message: "" };
  return { type, status: "Unknown", reason: "NotShownYet", message: "No host of the domain has shown it yet." };
}
