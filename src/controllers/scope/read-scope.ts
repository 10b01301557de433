/**
 * Reads what a scope declares, and remembers it until something changes: a steady scope costs no call of its own.
 * Guarantees: a selector that matches fewer groups than before is read completely a second time; a failed page leaves the last complete reading in place, or
 * none (S5, S6).
 * Never: judges what may leave.
 */
import type { GroupScope } from "../../api/group-scope.ts";
import { ANNOTATIONS } from "../../api/kinds.ts";
import type { EntraAccess } from "../../entra/access/port.ts";
import type { GroupPort } from "../../entra/groups/port.ts";
import { sentenceOf, type Failure } from "../../runtime/failure.ts";
import { filterText, matchOf, type GroupFilter } from "../../sync/scope/filter.ts";
import type { Grant, UnitMembers } from "../../sync/scope/grant.ts";
import { resolve, touchedNames, type NameReading, type Resolution } from "../../sync/scope/resolution.ts";
import type { GroupDirectory } from "./directory.ts";

export interface ScopeMemory {
  /** The selector, and what its grant stood on, when this was read; ids and names are looked at one by one. */
  readonly declared: string;
  readonly names: ReadonlyMap<string, NameReading>;
  readonly selector: { readonly ids: ReadonlySet<string>; readonly isAgreed: boolean } | undefined;
  readonly units: UnitMembers;
  readonly epoch: number;
  readonly seq: number;
  readonly readMs: number;
  readonly requested: string | undefined;
}

export interface ScopeQuestion {
  readonly scope: GroupScope;
  readonly filter: GroupFilter | undefined;
  readonly grant: Grant;
  readonly access: EntraAccess;
  readonly groups: GroupPort;
  readonly directory: GroupDirectory;
  readonly nowMs: number;
}

export type ScopeAnswer =
  | { readonly kind: "read"; readonly memory: ScopeMemory; readonly resolution: Resolution; readonly failure?: Failure }
  | { readonly kind: "unread"; readonly failure: Failure };

/** Delta may lose a change; a day later at most it is seen anyway. Spread by UID, so that restarts do not line scopes up. */
const FULL_READ_MS = 24 * 3_600_000;
const NAMES_AT_ONCE = 4;

export async function readScope(
  question: ScopeQuestion,
  before: ScopeMemory | undefined,
  signal: AbortSignal,
): Promise<ScopeAnswer> {
  const { directory, filter } = question;
  const declared = JSON.stringify([
    filter === undefined ? "" : filterText(filter),
    question.grant.kind === "limited" ? [...question.grant.administrativeUnits] : [],
  ]);
  const basis = before?.declared === declared ? before : undefined;
  // The token comes first: what changes while the groups are read is then told afterwards.
  await directory.follow(signal);
  const memory = await nextMemory(question, declared, basis, signal);
  if ("class" in memory) {
    return basis === undefined
      ? { kind: "unread", failure: memory }
      : { kind: "read", memory: basis, resolution: resolutionOf(question, basis), failure: memory };
  }
  return { kind: "read", memory, resolution: resolutionOf(question, memory) };
}

function resolutionOf({ scope, grant, directory }: ScopeQuestion, { names, selector, units }: ScopeMemory): Resolution {
  return resolve({
    groups: scope.spec.groups ?? {},
    names,
    selector,
    displayNameOf: (id) => directory.displayNameOf(id),
    bindings: new Map((scope.status.bindings ?? []).map(({ displayName, id }) => [displayName, id])),
    grant,
    units,
  });
}

async function nextMemory(
  question: ScopeQuestion,
  declared: string,
  basis: ScopeMemory | undefined,
  signal: AbortSignal,
): Promise<ScopeMemory | Failure> {
  const { scope, directory, nowMs } = question;
  const requested = scope.metadata.annotations?.[ANNOTATIONS.requestedAt];
  const [epoch, seq] = [directory.epoch(), directory.seq()];
  const changed = basis === undefined ? undefined : directory.changedSince(basis.seq);
  const isDue =
    basis === undefined ||
    changed === undefined ||
    basis.epoch !== epoch ||
    basis.requested !== requested ||
    basis.selector?.isAgreed === false ||
    nowMs - basis.readMs >= FULL_READ_MS * spread(scope.metadata.uid);
  const failure = await directory.read(scope.spec.groups?.ids ?? [], signal);
  if (failure !== undefined) return failure;
  const stamp = { declared, epoch, seq, requested };
  const units = await readUnits(question, basis?.units, signal);
  const displayNames = scope.spec.groups?.displayNames ?? [];
  if (isDue) {
    const names = await readNames(question, displayNames, signal);
    if ("class" in names) return names;
    const selector = await readSelector(question, basis, signal);
    if (selector !== undefined && "class" in selector) return selector;
    return { ...stamp, names, selector, units, readMs: nowMs };
  }
  // A name more or less costs no read of the others, and none of the selector.
  const added = await readNames(
    question,
    displayNames.filter((name) => !basis.names.has(name)),
    signal,
  );
  if ("class" in added) return added;
  const kept = [...basis.names].filter(([name]) => displayNames.includes(name));
  const next = { ...basis, ...stamp, units, names: new Map([...kept, ...added]) };
  return changed.length === 0 ? next : withChanges(question, next, changed, signal);
}

async function withChanges(
  question: ScopeQuestion,
  basis: ScopeMemory,
  changed: readonly string[],
  signal: AbortSignal,
): Promise<ScopeMemory | Failure> {
  const { scope, directory, filter } = question;
  const bindings = new Map((scope.status.bindings ?? []).map(({ displayName, id }) => [displayName, id]));
  const facts = changed.map((id) => {
    const fact = directory.factOf(id);
    return { id, group: fact.kind === "known" ? fact.group : undefined };
  });
  const touched = new Set(
    facts.flatMap((change) => touchedNames(scope.spec.groups?.displayNames ?? [], bindings, change)),
  );
  const names = await readNames(question, [...touched], signal);
  if ("class" in names) return names;
  let { selector } = basis;
  if (filter !== undefined && selector !== undefined) {
    const ids = new Set(selector.ids);
    for (const { id, group } of facts) if (group !== undefined && matchOf(filter, group) === "yes") ids.add(id);
    const isLosing = facts.some(
      ({ id, group }) => ids.has(id) && (group === undefined || matchOf(filter, group) === "no"),
    );
    // Whatever seems to leave is looked at by complete reads, not by one change.
    const read = isLosing ? await readSelector(question, basis, signal) : { ids, isAgreed: selector.isAgreed };
    if (read !== undefined && "class" in read) return read;
    selector = read;
  }
  return { ...basis, names: new Map([...basis.names, ...names]), selector };
}

async function readNames(
  { groups, access, directory }: ScopeQuestion,
  displayNames: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, NameReading> | Failure> {
  const readings = new Map<string, NameReading>();
  for (let start = 0; start < displayNames.length; start += NAMES_AT_ONCE) {
    const batch = displayNames.slice(start, start + NAMES_AT_ONCE);
    const listings = await Promise.all(batch.map((name) => groups.byDisplayName(access, name, signal)));
    for (const [index, listing] of listings.entries()) {
      if (listing.kind !== "complete") return listing.failure;
      directory.learn(listing.items);
      readings.set(batch[index] ?? "", { kind: "read", ids: listing.items.map(({ id }) => id) });
    }
  }
  return readings;
}

async function readSelector(
  question: ScopeQuestion,
  basis: ScopeMemory | undefined,
  signal: AbortSignal,
): Promise<ScopeMemory["selector"] | Failure> {
  if (question.filter === undefined) return undefined;
  const first = await listSelector(question, question.filter, signal);
  if ("class" in first) return first;
  const before = basis?.selector?.ids;
  // After a start nothing is remembered; a scope that was resolved before is read twice then.
  const mayHaveShrunk =
    before === undefined
      ? question.scope.status.counts?.desired !== undefined
      : [...before].some((id) => !first.has(id));
  if (!mayHaveShrunk) return { ids: first, isAgreed: true };
  const second = await listSelector(question, question.filter, signal);
  if ("class" in second) return second;
  const isAgreed = first.size === second.size && [...first].every((id) => second.has(id));
  return { ids: isAgreed ? first : new Set([...(before ?? []), ...first, ...second]), isAgreed };
}

async function listSelector(
  { groups, access, directory }: ScopeQuestion,
  filter: GroupFilter,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | Failure> {
  const listing = await groups.byFilter(access, filterText(filter), signal);
  if (listing.kind === "failed") return listing.failure;
  if (listing.kind === "partial") return incomplete(listing.failure);
  directory.learn(listing.items);
  return new Set(listing.items.map(({ id }) => id));
}

function incomplete(failure: Failure): Failure {
  return {
    ...failure,
    reason: "ListIncomplete",
    message: `Not every page of the selector's groups could be read. ${sentenceOf(failure)}`,
  };
}

async function readUnits(
  { grant, directory }: ScopeQuestion,
  before: UnitMembers | undefined,
  signal: AbortSignal,
): Promise<UnitMembers> {
  if (grant.kind !== "limited") return new Map();
  const units = new Map(before);
  for (const unit of grant.administrativeUnits) {
    const ids = await directory.idsOfUnit(unit, signal);
    if (ids !== undefined) units.set(unit, ids);
  }
  return units;
}

/** 0.8 to 1.2, the same for a scope in every process. */
function spread(uid: string): number {
  return 0.8 + (Number.parseInt(uid.slice(0, 4), 16) % 1_000) / 2_500;
}
