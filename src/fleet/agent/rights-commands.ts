/**
 * Which rights of the gMSA a host looks at, as commands: from what its domain declares now, and from what the host was made for.
 * Guarantees: nothing is granted unless the declaration of now and the frozen one both say Grant, nor once the host's way to the set-up secret is being
 * closed; rights at the domain's root only on hosts that were made for it, which their pool announced first.
 * Never: a name that nobody declared, except the account that the agent chose itself (AgentDefault), as its probe shows it.
 * Sources: agent-host reference, 5.1 and 6.2 to 6.4; contracts/host/permissions.json, vendor-permissions.json.
 */
import { durationMs } from "../../api/durations.ts";
import { canonicalJSON } from "../../runtime/canonical-json.ts";
import { sha256Hex } from "../../runtime/hash.ts";
import type { AgentSnapshot, StepError } from "./snapshot.ts";
import type { HostStep } from "./steps.ts";

export interface DeclaredRights {
  readonly steps: readonly HostStep[];
  /** Of all that is looked at and of the agent's version, not of how: another mode needs no second look. */
  readonly digest: string;
}

export type Declaration =
  | { readonly kind: "unread" } // the domain's object is not there
  | { readonly kind: "none" }
  | { readonly kind: "unnamed" } // AgentDefault, and no probe has shown the account yet
  | ({ readonly kind: "declared" } & DeclaredRights);

export function declaredRights(snapshot: AgentSnapshot): Declaration {
  const { agent, rights } = snapshot;
  if (rights === undefined) return { kind: "unread" };
  const { gmsa } = agent.spec.template.domain;
  const { permissionTypes = [], restrictsAccount = false } = gmsa;
  const isVendors = permissionTypes.length > 0 || restrictsAccount;
  if (!isVendors && rights.containers.length === 0) return { kind: "none" };
  const gmsaName = gmsa.name ?? chosenAccount(snapshot);
  if (gmsaName === undefined) return { kind: "unnamed" };
  const [types, containers] = [[...permissionTypes].sort(), [...rights.containers].sort()];
  const version = agent.status.agentVersion ?? "";
  const covered = canonicalJSON({ version, gmsaName, types, containers, restrictsAccount });
  const vendors = isVendors ? [vendorStep(snapshot, gmsaName, types)] : [];
  const ours = batches(containers).map((batch) => containerStep(snapshot, gmsaName, batch));
  return {
    kind: "declared",
    steps: [...vendors, ...ours],
    digest: sha256Hex("rights", covered).slice(0, 16),
  };
}

/** pGMSA_xxxxxxxx$ (agent-host reference, 6.2), from the logon account of the service. */
function chosenAccount({ probe }: AgentSnapshot): string | undefined {
  const account = probe.kind === "read" ? probe.facts.serviceAccount : null;
  return account?.endsWith("$") === true ? account.split("\\").at(-1) : undefined;
}

/** Whether this host may write what is missing: it can read the set-up secret only until the bootstrap profile is replaced. */
export function mayGrant({ agent, rights }: AgentSnapshot): boolean {
  const { aws, domain } = agent.spec.template;
  const isMeant = domain.gmsa.permissionsMode === "Grant" && rights?.mode === "Grant";
  const isClosing = aws.bootstrapInstanceProfile !== undefined && agent.status.secrets?.swapIntendedAt !== undefined;
  return isMeant && !isClosing;
}

/** Bounds of the parameter (contracts/host/permissions.json). */
const CONTAINERS_MAX = 25;
const CONTAINERS_LENGTH_MAX = 2_000;

/** One command's containers each, in order. */
function batches(containers: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [];
  for (const container of containers) {
    const last = all.at(-1);
    const hasRoom =
      last !== undefined &&
      last.length < CONTAINERS_MAX &&
      [...last, container].join("|").length <= CONTAINERS_LENGTH_MAX;
    if (hasRoom) last.push(container);
    else all.push([container]);
  }
  return all;
}

function containerStep(snapshot: AgentSnapshot, gmsaName: string, containers: readonly string[]): HostStep {
  const { domain } = snapshot.agent.spec.template;
  // With rights at the root, the containers inherit them: an entry of their own would stay behind when those are taken away.
  const grants = mayGrant(snapshot) && domain.gmsa.permissionTypes === undefined;
  return {
    ...rightsStep(snapshot, "Permissions", grants),
    parameters: () => ({
      ...target(snapshot, gmsaName, grants),
      provisioningContainers: containers.join("|"),
    }),
    refusal: (facts) => missingRights(snapshot, gmsaName, facts),
  };
}

function vendorStep(snapshot: AgentSnapshot, gmsaName: string, types: readonly string[]): HostStep {
  const grants = mayGrant(snapshot);
  const { restrictsAccount } = snapshot.agent.spec.template.domain.gmsa;
  return {
    ...rightsStep(snapshot, "VendorPermissions", grants),
    parameters: () => ({
      ...target(snapshot, gmsaName, grants),
      types: types.join(","),
      restriction: restrictsAccount === true ? "Restrict" : "Leave",
    }),
    refusal: (facts) =>
      missingRights(snapshot, gmsaName, facts) ??
      (restrictsAccount === true ? unrestricted(gmsaName, facts) : undefined),
  };
}

/** Two hosts that write one access-control list at once lose each other's entries: a grant is a part of setting up the domain (S11). */
function rightsStep(
  { agent }: AgentSnapshot,
  name: "Permissions" | "VendorPermissions",
  grants: boolean,
): Omit<HostStep, "parameters"> {
  const timeoutMs = durationMs(agent.spec.template.timeouts.configure);
  return { name, provesLink: undefined, needsRegistrationSlot: grants, timeoutMs: () => timeoutMs };
}

function target({ agent }: AgentSnapshot, gmsaName: string, grants: boolean): Readonly<Record<string, string>> {
  const { dnsName, gmsa } = agent.spec.template.domain;
  return {
    domainName: dnsName,
    gmsaName,
    mode: grants ? "Grant" : "Verify",
    setupSecretARN: grants ? (gmsa.setupSecretARN ?? "") : "",
  };
}

interface RightsFinding {
  readonly distinguishedName: string;
  readonly missing: readonly string[];
  readonly denied: readonly string[];
}

/** The entry and the object by name; readStepResult has checked the facts against the contract. */
function missingRights(
  snapshot: AgentSnapshot,
  gmsaName: string,
  facts: Readonly<Record<string, unknown>>,
): StepError | undefined {
  const findings = facts["findings"] as readonly RightsFinding[];
  const open = findings.filter(({ missing, denied }) => missing.length + denied.length > 0);
  const [first] = open;
  if (first === undefined) return undefined;
  const account = `${snapshot.agent.spec.template.domain.netBIOSName}\\${gmsaName}`;
  const more = open.length > 1 ? ` (and on ${open.length - 1} more)` : "";
  const denied = first.denied.length > 0;
  const message = denied
    ? `${account} is denied ${first.denied.join(", ")} on ${first.distinguishedName}${more}.`
    : `${account} lacks ${first.missing.join(", ")} on ${first.distinguishedName}${more}.`;
  const { gmsa } = snapshot.agent.spec.template.domain;
  // What was granted at the root reaches the units below it after a while (agent-host reference, 5.1: an hour or more).
  const isAwaited = !denied && mayGrant(snapshot) && gmsa.permissionTypes !== undefined;
  return {
    class: isAwaited ? "Transient" : "Person",
    reason: denied ? "RightsDenied" : "RightsMissing",
    message,
    fix: denied ? REMOVE_DENIAL : fixOfMissing(snapshot),
  };
}

const REMOVE_DENIAL = "Remove the deny entry: the operator overrides none. It is looked at again every 10 minutes.";

function fixOfMissing(snapshot: AgentSnapshot): string {
  const { gmsa } = snapshot.agent.spec.template.domain;
  const byHand = "Add the allow entries (docs/host-steps.md, names of rights)";
  if (gmsa.permissionsMode !== "Grant")
    return `${byHand}, or set gmsa.permissions.mode to Grant. It is looked at again every 10 minutes.`;
  return `${byHand}, or delete this agent: while it is set up, its successor may add them. It is looked at again every 10 minutes.`;
}

function unrestricted(gmsaName: string, facts: Readonly<Record<string, unknown>>): StepError | undefined {
  // null: not readable for the host, which says nothing (S5).
  if (facts["isServiceAccountRestricted"] !== false) return undefined;
  return {
    class: "Person",
    reason: "AccountNotRestricted",
    message: `The object of ${gmsaName} inherits rights, and gmsa.permissions.restrictAccount asks for none.`,
    fix: "Delete this agent: while it is set up, its successor restricts the object; or run Set-AADCloudSyncRestrictedPermissions by hand.",
  };
}
