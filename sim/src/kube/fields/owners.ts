/**
 * What an apply or an update does to the object and to who owns its fields.
 * Guarantees: an apply takes away what its manager no longer applies and nobody else owns; without force it changes nobody
 * else's field; an update takes over exactly what it changed.
 * Source: structured-merge-diff, merge/update.go; apimachinery, util/managedfields/internal.
 */
import type { JsonObject } from "../json.ts";
import { isEmpty, isEqual, withMembers } from "../json.ts";
import { compare } from "./compare.ts";
import type { Comparison } from "./compare.ts";
import { ApplyConflict } from "./conflicts.ts";
import type { Conflict } from "./conflicts.ts";
import { difference, intersection, NO_FIELDS, recursiveDifference, union } from "./field-set.ts";
import type { FieldSet } from "./field-set.ts";
import { capped, decodeManaged, encodeManaged, identityOf, withoutIdle } from "./managed.ts";
import type { Managed, ManagerEntry } from "./managed.ts";
import { merge } from "./merge.ts";
import type { MergeType } from "./merge-type.ts";
import { removeFields } from "./remove.ts";
import { toFieldSet, withNamedFields } from "./to-set.ts";

export interface Writer {
  readonly manager: string;
  readonly apiVersion: string;
  readonly subresource: string | undefined;
  /** RFC 3339, whole seconds. */
  readonly time: string | undefined;
}

export interface Rules {
  readonly type: MergeType;
  /** What an object is before anybody wrote it. */
  readonly empty: JsonObject;
  /** Fields that this way of writing does not touch; they are nobody's through it. */
  readonly reset: FieldSet;
}

const member = NO_FIELDS;
/** What nobody ever owns. */
const STRIPPED: FieldSet = {
  "f:apiVersion": member,
  "f:kind": member,
  "f:metadata": {
    ".": member,
    "f:name": member,
    "f:namespace": member,
    "f:creationTimestamp": member,
    "f:selfLink": member,
    "f:uid": member,
    "f:clusterName": member,
    "f:generation": member,
    "f:managedFields": member,
    "f:resourceVersion": member,
  },
};

export interface ApplyInput extends Rules {
  readonly live: JsonObject;
  readonly applied: JsonObject;
  readonly writer: Writer;
  readonly isForced: boolean;
}

/** The object after an apply, with its new `managedFields`. Throws {@link ApplyConflict}. */
export function applied({ live, applied: configured, writer, isForced, ...rules }: ApplyInput): JsonObject {
  const { type, reset } = rules;
  const bare = withManagedFields(live, undefined);
  const before = ownersBefore(live, bare, writer, rules);
  const who: ManagerEntry = { ...writer, operation: "Apply", fields: NO_FIELDS };
  const identity = identityOf(who);
  const lastSet = before.get(identity)?.fields ?? NO_FIELDS;
  // What nobody owns is in it until the end: it keeps `metadata` from being pruned with its last owned member.
  const applies = recursiveDifference(toFieldSet(configured, type), reset);
  // The set of last time stays the same reference when it says the same, and then nothing can be pruned.
  const fields = isEqual(difference(applies, STRIPPED), lastSet) ? lastSet : applies;
  const managed = new Map(before).set(identity, { ...who, fields });
  const merged = merge(bare, configured, type);
  const pruned = isEmpty(lastSet) || fields === lastSet ? merged : prune(merged, managed, lastSet, type);
  const after = transferred(managed, { identity, before: bare, after: pruned, isForced, ...rules }).managed;
  const stripped = stripMeta(after, identity);
  const entry = stripped.get(identity);
  // An apply that did not change the object does not move its time; a first one of that kind has none.
  const time = isEqual(pruned, bare) ? before.get(identity)?.time : writer.time;
  return withManagedFields(
    pruned,
    encodeManaged(entry === undefined ? stripped : new Map(stripped).set(identity, { ...entry, time })),
  );
}

/** What an object without any record holds belongs to one manager of everything before. */
function ownersBefore(live: JsonObject, bare: JsonObject, writer: Writer, { type, empty, reset }: Rules): Managed {
  const managed = decodeManaged(managedFieldsOf(live));
  if (managed.size > 0) return managed;
  const fields = difference(recursiveDifference(compare(empty, bare, type).added, reset), STRIPPED);
  const entry: ManagerEntry = { ...writer, manager: BEFORE_FIRST_APPLY, operation: "Update", fields };
  return withoutIdle(new Map([[identityOf(entry), entry]]));
}
const BEFORE_FIRST_APPLY = "before-first-apply";

/** Takes away what the manager applied last time and does not apply now, unless another one owns it. */
function prune(merged: JsonObject, managed: Managed, lastSet: FieldSet, type: MergeType): JsonObject {
  const named = (set: FieldSet): FieldSet => withNamedFields(set, type);
  const last = named(lastSet);
  const owned = [...managed.values()].reduce((all, { fields }) => union(all, fields), NO_FIELDS);
  // Everything that it applied last time is still somebody's: nothing can go.
  if (isEmpty(difference(last, named(owned)))) return merged;
  const mergedSet = named(toFieldSet(merged, type));
  const firstPruned = named(toFieldSet(removeFields(merged, last, type), type));
  const withOwned = removeFields(merged, difference(mergedSet, union(firstPruned, named(owned))), type);
  const prunedSet = named(toFieldSet(withOwned, type));
  return removeFields(merged, intersection(difference(mergedSet, prunedSet), last), type);
}

interface Transfer extends Rules {
  readonly identity: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly isForced: boolean;
}

/** Takes changed and removed fields from the other managers. */
function transferred(
  managed: Managed,
  { identity, before, after, isForced, type, reset }: Transfer,
): { readonly managed: Managed; readonly comparison: Comparison } {
  const comparison = withoutReset(compare(before, after, type), reset);
  const changed = union(comparison.modified, comparison.added);
  const conflicts: Conflict[] = [];
  const result = new Map<string, ManagerEntry>();
  for (const [other, entry] of managed) {
    if (other === identity) {
      result.set(other, entry);
      continue;
    }
    const taken = intersection(entry.fields, changed);
    if (!isEmpty(taken)) conflicts.push({ manager: entry, fields: taken });
    const fields = difference(difference(entry.fields, taken), comparison.removed);
    result.set(other, fields === entry.fields ? entry : { ...entry, fields });
  }
  if (!isForced && conflicts.length > 0) throw new ApplyConflict(conflicts);
  return { managed: withoutIdle(result), comparison };
}

function withoutReset({ added, modified, removed }: Comparison, reset: FieldSet): Comparison {
  return {
    added: recursiveDifference(added, reset),
    modified: recursiveDifference(modified, reset),
    removed: recursiveDifference(removed, reset),
  };
}

export interface UpdateInput extends Rules {
  /** Undefined: the object is created. */
  readonly live: JsonObject | undefined;
  readonly written: JsonObject;
  readonly writer: Writer;
}

/** The written object with the `managedFields` that follow from what it changed. */
export function updated({ live, written, writer, ...rules }: UpdateInput): JsonObject {
  const given = managedFieldsOf(written);
  const before = live === undefined ? rules.empty : withManagedFields(live, undefined);
  const managed = decodeGivenOrLive(given, live, writer);
  // Nobody was ever recorded on this object: it stays so.
  if (managed.size === 0 && live !== undefined) return withManagedFields(written, undefined);
  const after = withManagedFields(written, undefined);
  const { managed: others, comparison } = transferred(managed, {
    identity: CURRENT,
    before,
    after,
    isForced: true,
    ...rules,
  });
  const taken = union(comparison.modified, comparison.added);
  const who: ManagerEntry = { ...writer, operation: "Update", fields: taken };
  const identity = identityOf(who);
  const current = stripMeta(new Map([[identity, who]]), identity).get(identity);
  if (current === undefined) return withManagedFields(after, encodeManaged(capped(others)));
  const previous = others.get(identity)?.fields ?? NO_FIELDS;
  const entry: ManagerEntry = { ...current, fields: union(current.fields, previous) };
  return withManagedFields(after, encodeManaged(capped(new Map(others).set(identity, entry))));
}

/** No manager has this identity. */
const CURRENT = "current-operation";

function decodeGivenOrLive(
  given: JsonObject[string] | undefined,
  live: JsonObject | undefined,
  { subresource }: Writer,
): Managed {
  const ofLive = (): Managed => decodeManaged(live === undefined ? undefined : managedFieldsOf(live));
  if (subresource !== undefined || !Array.isArray(given)) return ofLive();
  // One empty entry forgets everybody.
  if (isEqual(given, [{}])) return new Map();
  return decodeManaged(given);
}

function stripMeta(managed: Managed, identity: string): Managed {
  const entry = managed.get(identity);
  if (entry === undefined) return managed;
  const fields = difference(entry.fields, STRIPPED);
  return withoutIdle(new Map(managed).set(identity, { ...entry, fields }));
}

function managedFieldsOf(object: JsonObject): JsonObject[string] | undefined {
  const { metadata } = object;
  return typeof metadata === "object" && metadata !== null && "managedFields" in metadata
    ? metadata["managedFields"]
    : undefined;
}

export function withManagedFields(object: JsonObject, managedFields: readonly JsonObject[] | undefined): JsonObject {
  const { metadata } = object;
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return object;
  const meta = metadata as JsonObject;
  if (meta["managedFields"] === managedFields) return object;
  return withMembers(object, { metadata: withMembers(meta, { managedFields }) });
}

/** Equal but for the times of `managedFields`: such a write is no write. */
export function isEqualButForTimes(before: JsonObject, after: JsonObject): boolean {
  const untimed = (object: JsonObject): JsonObject => {
    const list = managedFieldsOf(object);
    if (!Array.isArray(list)) return object;
    const entries = (list as readonly JsonObject[]).map((entry) => withMembers(entry, { time: undefined }));
    return withManagedFields(object, entries);
  };
  return isEqual(untimed(before), untimed(after));
}
