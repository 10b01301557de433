/**
 * What a pass of the writer stands on: every scope of the configuration, the ledger, the assignments, and what forbids writing.
 * Guarantees: a scope whose reading is of another generation counts as unread.
 */
import type { GroupScope } from "../../api/group-scope.ts";
import { ANNOTATIONS } from "../../api/kinds.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import type { EntraAccess } from "../../entra/access/port.ts";
import { isDeleting } from "../../kube/finalizers.ts";
import { keyOf } from "../../kube/port.ts";
import { sentenceOf } from "../../runtime/failure.ts";
import type { Ledger } from "../../sync/scope/ledger.ts";
import type {
  AssignmentReading,
  AssignmentSnapshot,
  Hold,
  ScopeReading,
  ScopeView,
} from "../../sync/scope/snapshot.ts";
import type { GroupDirectory } from "./directory.ts";
import { isNamedAuthoritative } from "./observe-scope.ts";
import type { ScopePorts } from "./ports.ts";
import {
  configurationMode,
  generationsOf,
  grantFor,
  isEnding,
  pathOf,
  scopeMode,
  scopesOf,
  surroundingsOf,
} from "./surroundings.ts";
import { isProvenGone, type WriterMemory } from "./writer-memory.ts";

export interface SeenScope {
  readonly scope: GroupScope;
  readonly generations: string;
  /** The scope as it is declared now has been read, or why it was not is known: a verdict about it means something. */
  readonly isRead: boolean;
  readonly view: ScopeView;
}

export function seenScopes(configuration: SyncConfiguration, ports: ScopePorts): readonly SeenScope[] {
  return scopesOf(ports.caches, keyOf(configuration))
    .filter((scope) => !isDeleting(scope) || isEnding(scope))
    .map((scope) => {
      const grant = grantFor(configuration, scope.metadata.namespace ?? "", ports.caches);
      const generations = generationsOf(scope, configuration, grant);
      const posted = ports.board.readingOf(scope.metadata.uid);
      const isCurrent = posted?.generations === generations;
      const mode = scopeMode(scope);
      const isNamed = scope.spec.policy === "Authoritative" && isNamedAuthoritative(scope, configuration);
      const requested = scope.metadata.annotations?.[ANNOTATIONS.requestedAt];
      const view: ScopeView = {
        uid: scope.metadata.uid,
        path: pathOf(scope),
        reading: isCurrent ? posted.reading : unread(scope),
        isEnding: isEnding(scope),
        hold: mode.kind === "enforce" ? undefined : { reason: mode.reason, message: mode.message },
        isAuthoritative: isNamed && grant.kind === "all",
        isAllGranted: grant.kind === "all",
        removal: scope.spec.removal,
        approvedPlan: scope.spec.approvedPlan,
        isNewPlanWanted: requested !== undefined && requested !== scope.status.lastHandledRequest,
        isBaselined: isCurrent && posted.isBaselined,
      };
      return { scope, generations, isRead: isCurrent, view };
    });
}

function unread(scope: GroupScope): ScopeReading {
  return {
    kind: "frozen",
    hold: { reason: "Resolving", message: "The scope is being read." },
    isUnread: true,
    declared: new Set(scope.spec.groups?.ids ?? []),
  };
}

export interface Standing {
  /** Nothing is written, and why; absent: everything may be. */
  readonly hold: Hold | undefined;
  readonly reader: EntraAccess | undefined;
  readonly writer: EntraAccess | undefined;
  readonly servicePrincipalID: string | undefined;
}

/** What can be known without a call; the first that forbids is told. */
export function standingOf(configuration: SyncConfiguration, memory: WriterMemory, ports: ScopePorts): Standing {
  const { servicePrincipalID, jobs } = configuration.status;
  const surroundings = surroundingsOf(configuration, ports);
  if ("reason" in surroundings) return { hold: surroundings, reader: undefined, writer: undefined, servicePrincipalID };
  const { reader, writer, tenant } = surroundings;
  const found = {
    reader: reader.kind === "granted" ? reader.access : undefined,
    writer: writer.kind === "granted" ? writer.access : undefined,
    servicePrincipalID,
  };
  const mode = configurationMode(configuration, tenant, ports.caches);
  const quarantine = jobs?.find((job) => job.quarantine !== undefined)?.quarantine;
  const isRemembered = memory.hold !== undefined && ports.clock.monotonicMs() < memory.hold.untilMs;
  const hold =
    (mode.kind === "enforce" ? undefined : { reason: mode.reason, message: mode.message }) ??
    notScoped(configuration) ??
    (servicePrincipalID === undefined ? NOT_PROVISIONED : undefined) ??
    (reader.kind === "refused" ? failed(reader.failure) : undefined) ??
    (writer.kind === "refused" ? failed(writer.failure) : undefined) ??
    (writer.kind === "none" ? NO_WRITER : undefined) ??
    (quarantine === undefined ? undefined : quarantined(quarantine.reason)) ??
    (isRemembered ? memory.hold?.hold : undefined);
  return { ...found, hold };
}

function notScoped({ spec: { entraToAD } }: SyncConfiguration): Hold | undefined {
  if (entraToAD?.scope.mode === "Selected") return undefined;
  return {
    reason: "ScopeModeAll",
    message:
      "The configuration brings in all groups that its filters admit, so assignments do not matter: set entraToAD.scope.mode to Selected.",
  };
}

const NOT_PROVISIONED: Hold = {
  reason: "NotProvisioned",
  message: "The configuration has no service principal in Entra yet. Its groups are put in scope when it has.",
};
const NO_WRITER: Hold = {
  reason: "NoScopeWriter",
  message: "The tenant's scopeCredential has type None: scopes are planned here and assigned by whoever may.",
};

export function quarantined(reason: string): Hold {
  return {
    reason: "Quarantined",
    message: `A job of the configuration is in quarantine (${reason}). Nothing is put in or taken out of scope until it is over.`,
  };
}

function failed(failure: Parameters<typeof sentenceOf>[0] & { readonly reason: string }): Hold {
  return { reason: failure.reason, message: sentenceOf(failure) };
}

export interface SnapshotParts {
  readonly configuration: SyncConfiguration;
  readonly seen: readonly SeenScope[];
  readonly standing: Standing;
  readonly ledger: Ledger;
  readonly assignments: AssignmentReading;
  readonly directory: GroupDirectory | undefined;
  readonly memory: WriterMemory;
  readonly isApprovalTrusted: boolean;
  readonly nowMs: number;
  readonly monotonicMs: number;
}

export function snapshotOf(parts: SnapshotParts): AssignmentSnapshot {
  const { configuration, seen, standing, ledger, assignments, directory, memory } = parts;
  const { removalCeiling, additionCeiling } = configuration.spec.scopePolicy;
  return {
    configurationUID: configuration.metadata.uid,
    servicePrincipalID: standing.servicePrincipalID ?? "",
    scopes: seen.map(({ view }) => view),
    hold: standing.hold,
    ledger,
    assignments,
    factOf: (groupID) => directory?.factOf(groupID) ?? { kind: "unread" },
    membersOf: (groupID) => directory?.membersOf(groupID),
    isProvenGone: (groupID) => isProvenGone(memory, groupID, parts.monotonicMs),
    recentWrites: memory.recent,
    removalCeiling,
    additionCeiling,
    isApprovalTrusted: parts.isApprovalTrusted,
    nowMs: parts.nowMs,
  };
}
