/**
 * What a pass of a GroupScope stands on: refused early where it can be known without a call, else read.
 * Guarantees: what refuses a scope says what to do; nothing that it brought in leaves because of it.
 */
import type { GroupScope } from "../../api/group-scope.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import { isDeleting } from "../../kube/finalizers.ts";
import { keyText } from "../../kube/port.ts";
import { needsPerson, sentenceOf, type Failure } from "../../runtime/failure.ts";
import { sha256Hex } from "../../runtime/hash.ts";
import { filterText, type GroupFilter } from "../../sync/scope/filter.ts";
import type { Grant } from "../../sync/scope/grant.ts";
import { isGranted } from "../../sync/scope/grant.ts";
import { parseFilter } from "../../sync/scope/parse-filter.ts";
import type { Hold, ScopeReading } from "../../sync/scope/snapshot.ts";
import { effectiveMode } from "../../fleet/effective-mode.ts";
import { modeSource, referenceKey, tenantAt, domainAt } from "../references.ts";
import type { ScopePorts } from "./ports.ts";
import type { Shown } from "./publish.ts";
import { readScope, type ScopeMemory } from "./read-scope.ts";
import { configurationAt, configurationKey, generationsOf, grantFor, surroundingsOf } from "./surroundings.ts";

export interface ObservedScope {
  readonly shown: Shown;
  readonly memory: ScopeMemory | undefined;
  /** When to look again though nothing happens; `undefined`: at the resync. */
  readonly revisitMs: number | undefined;
}

const UNREAD_REVISIT_MS = 30_000;
/** What only a person can end is asked again this seldom. */
const PERSON_REVISIT_MS = 5 * 60_000;
const AGREEMENT_REVISIT_MS = 30_000;

export async function observeScope(
  scope: GroupScope,
  memory: ScopeMemory | undefined,
  ports: ScopePorts,
  signal: AbortSignal,
): Promise<ObservedScope> {
  const key = configurationKey(scope);
  const configuration = configurationAt(ports.caches, key);
  if (configuration === undefined)
    return refused(scope, memory, ports, {
      reason: "ConfigurationNotFound",
      message: `The SyncConfiguration ${keyText(key)} is not there: apply it, or correct configurationRef.`,
    });
  const grant = grantFor(configuration, scope.metadata.namespace ?? "", ports.caches);
  const generations = generationsOf(scope, configuration, grant);
  const stalled = refusalOf(scope, configuration, grant);
  if (stalled !== undefined || isDeleting(scope)) {
    const reading = frozen(scope, stalled ?? GOING, false);
    ports.board.post(scope.metadata.uid, key, { generations, reading, isBaselined: true });
    return shownOf(scope, { configuration, grant, generations, reading, stalled, memory }, ports);
  }
  const { reading, next, revisitMs, refusal } = await read(scope, configuration, grant, memory, ports, signal);
  const selectorHash = selectorHashOf(scope);
  const isBaselined = selectorHash !== undefined && scope.status.baseline === selectorHash;
  postIfChanged(scope, key, { generations, reading, isBaselined }, memory === next, ports);
  const observed = shownOf(
    scope,
    { configuration, grant, generations, reading, stalled: refusal, memory: next },
    ports,
  );
  return revisitMs === undefined ? observed : { ...observed, revisitMs };
}

const GOING: Hold = { reason: "Deleting", message: "The scope is going." };

/** The same reading again wakes nobody. */
function postIfChanged(
  scope: GroupScope,
  key: ReturnType<typeof configurationKey>,
  posted: { readonly generations: string; readonly reading: ScopeReading; readonly isBaselined: boolean },
  isSameMemory: boolean,
  { board }: ScopePorts,
): void {
  const before = board.readingOf(scope.metadata.uid);
  const isSame =
    before !== undefined &&
    before.generations === posted.generations &&
    before.isBaselined === posted.isBaselined &&
    (isSameMemory || isSameReading(before.reading, posted.reading));
  if (!isSame) board.post(scope.metadata.uid, key, posted);
}

function isSameReading(one: ScopeReading, other: ScopeReading): boolean {
  const text = (reading: ScopeReading): string =>
    JSON.stringify(
      reading.kind === "frozen"
        ? [reading.hold, [...reading.declared]]
        : [
            { ...reading.resolution, admitted: undefined, declared: undefined, bindings: undefined },
            [...reading.resolution.admitted],
            [...reading.resolution.declared],
            [...reading.resolution.bindings],
          ],
    );
  return text(one) === text(other);
}

async function read(
  scope: GroupScope,
  configuration: SyncConfiguration,
  grant: Grant,
  memory: ScopeMemory | undefined,
  ports: ScopePorts,
  signal: AbortSignal,
): Promise<{
  readonly reading: ScopeReading;
  readonly next: ScopeMemory | undefined;
  readonly revisitMs?: number | undefined;
  /** Why nothing can be read before a person has done something. */
  readonly refusal?: Hold | undefined;
}> {
  const surroundings = surroundingsOf(configuration, ports);
  if ("reason" in surroundings) return { reading: frozen(scope, surroundings, true), next: memory };
  const { reader } = surroundings;
  if (reader.kind !== "granted") {
    const hold: Hold =
      reader.kind === "none"
        ? { reason: "NoIdentity", message: "The EntraTenant has no identity that reads." }
        : { reason: reader.failure.reason, message: sentenceOf(reader.failure) };
    return { reading: frozen(scope, hold, true), next: memory };
  }
  const answer = await readScope(
    {
      scope,
      filter: filterOf(scope),
      grant,
      access: reader.access,
      groups: ports.entra.groups,
      directory: ports.directories.of(reader.access),
      nowMs: ports.clock.monotonicMs(),
    },
    memory,
    signal,
  );
  if (answer.kind === "unread") {
    const { failure } = answer;
    const hold = { reason: failure.reason, message: sentenceOf(failure) };
    return {
      reading: frozen(scope, hold, true),
      next: undefined,
      revisitMs: revisitAfter(failure),
      refusal: needsPerson(failure) ? hold : undefined,
    };
  }
  const { resolution, failure } = answer;
  if (failure !== undefined)
    return {
      reading: { kind: "resolved", resolution, stale: { reason: failure.reason, message: staleSentence(failure) } },
      next: answer.memory,
      revisitMs: revisitAfter(failure),
    };
  const revisitMs = resolution.isAgreed ? undefined : AGREEMENT_REVISIT_MS;
  return { reading: { kind: "resolved", resolution }, next: answer.memory, revisitMs };
}

function staleSentence(failure: Failure): string {
  return `What was read last stands, and nothing leaves because of it. ${sentenceOf(failure)}`;
}

function revisitAfter(failure: Failure): number {
  return Math.max(needsPerson(failure) ? PERSON_REVISIT_MS : UNREAD_REVISIT_MS, failure.retryAfterMs ?? 0);
}

/** Ids and bound names stay declared without a read; what its selector brought in is kept by the ledger's attribution. */
function frozen(scope: GroupScope, hold: Hold, isUnread: boolean): ScopeReading {
  const names = new Set(scope.spec.groups?.displayNames ?? []);
  const bound = (scope.status.bindings ?? []).flatMap(({ displayName, id }) => (names.has(displayName) ? [id] : []));
  return { kind: "frozen", hold, isUnread, declared: new Set([...(scope.spec.groups?.ids ?? []), ...bound]) };
}

function refusalOf(scope: GroupScope, configuration: SyncConfiguration, grant: Grant): Hold | undefined {
  const owner = `${configuration.metadata.namespace ?? ""}/${configuration.metadata.name}`;
  if (grant.kind === "denied")
    return {
      reason: "NamespaceNotGranted",
      message: `The SyncConfiguration ${owner} does not let this namespace in: ask its owner for spec.allowedNamespaces. What is in scope already stays.`,
    };
  if (configuration.spec.connector !== "EntraToAD")
    return {
      reason: "ConnectorHasNoScope",
      message: `The SyncConfiguration ${owner} has the connector ${configuration.spec.connector}, whose scope is not made of assigned groups.`,
    };
  const filter = scope.spec.selector?.filter;
  const parsed = filter === undefined ? undefined : parseFilter(filter);
  if (parsed?.kind === "refused") return { reason: "FilterRefused", message: parsed.message };
  if (scope.spec.policy === "Authoritative" && !isNamedAuthoritative(scope, configuration))
    return {
      reason: "NotAuthoritative",
      message: `Set scopePolicy.authoritativeFrom of the SyncConfiguration ${owner} to this GroupScope, or policy to Additive.`,
    };
  if (scope.spec.policy === "Authoritative" && grant.kind !== "all")
    return {
      reason: "AuthoritativeNotGranted",
      message:
        "An Authoritative scope decides about every group, but its namespace was granted only some: grant it all, or set policy to Additive.",
    };
  return undefined;
}

export function isNamedAuthoritative(scope: GroupScope, { spec, metadata }: SyncConfiguration): boolean {
  const named = spec.scopePolicy.authoritativeFrom;
  if (named === undefined) return false;
  const { namespace, name } = referenceKey(named, metadata.namespace ?? "");
  return namespace === scope.metadata.namespace && name === scope.metadata.name;
}

function filterOf({ spec: { selector } }: GroupScope): GroupFilter | undefined {
  if (selector?.displayNamePrefix !== undefined)
    return { kind: "startsWith", property: "displayName", value: selector.displayNamePrefix };
  const parsed = selector?.filter === undefined ? undefined : parseFilter(selector.filter);
  return parsed?.kind === "parsed" ? parsed.filter : undefined;
}

function selectorHashOf(scope: GroupScope): string | undefined {
  const filter = filterOf(scope);
  return filter === undefined ? undefined : `sha256:${sha256Hex(filterText(filter))}`;
}

interface Observed {
  readonly configuration: SyncConfiguration;
  readonly grant: Grant;
  readonly generations: string;
  readonly reading: ScopeReading;
  readonly stalled: Hold | undefined;
  readonly memory: ScopeMemory | undefined;
}

function shownOf(scope: GroupScope, observed: Observed, ports: ScopePorts): ObservedScope {
  const { configuration, grant, generations, reading, stalled, memory } = observed;
  const verdict = ports.board.verdictOf(scope.metadata.uid, generations);
  const surroundings = surroundingsOf(configuration, ports);
  const directory =
    "reason" in surroundings || surroundings.reader.kind !== "granted"
      ? undefined
      : ports.directories.of(surroundings.reader.access);
  return {
    shown: {
      reading,
      verdict,
      stalled,
      mode: modeOf(scope, configuration, ports),
      memberWarning: ports.board.memberWarningOf(scope.metadata.uid),
      deletion: isDeleting(scope) ? deletionHold(verdict) : undefined,
      displayNameOf: (id) => {
        const displayName = directory?.displayNameOf(id);
        return isGranted(grant, { id, displayName }, memory?.units ?? new Map()) ? displayName : undefined;
      },
      selectorHash: selectorHashOf(scope),
      isRequestHandled: reading.kind === "resolved" && verdict !== undefined,
    },
    memory,
    revisitMs: undefined,
  };
}

function deletionHold(verdict: Shown["verdict"]): Hold {
  const hold =
    verdict?.removal.kind === "waiting" || verdict?.removal.kind === "withheld"
      ? verdict.removal.hold
      : (verdict?.hold ?? verdict?.unread);
  if (hold === undefined)
    return { reason: "Removing", message: "What the scope brought in is being removed within the budgets." };
  return {
    reason: hold.reason,
    message: `The deletion waits. ${hold.message} To let go without removing anything, set the annotation cloudsync.dev/release to "true".`,
  };
}

function modeOf(scope: GroupScope, configuration: SyncConfiguration, { caches }: ScopePorts): Shown["mode"] {
  const namespace = configuration.metadata.namespace ?? "";
  const tenant = tenantAt(caches, referenceKey(configuration.spec.tenantRef, namespace));
  const domainRef = configuration.spec.entraToAD?.domainRef;
  const domain = domainRef === undefined ? undefined : domainAt(caches, referenceKey(domainRef, namespace));
  return effectiveMode(
    [scope, configuration, tenant, domain].flatMap((object) => (object === undefined ? [] : [modeSource(object)])),
  );
}

function refused(scope: GroupScope, memory: ScopeMemory | undefined, _ports: ScopePorts, stalled: Hold): ObservedScope {
  return {
    shown: {
      reading: frozen(scope, stalled, false),
      verdict: undefined,
      stalled,
      mode: effectiveMode([modeSource(scope)]),
      memberWarning: undefined,
      deletion: undefined,
      displayNameOf: () => undefined,
      selectorHash: undefined,
      isRequestHandled: false,
    },
    memory,
    revisitMs: undefined,
  };
}
