/**
 * `metadata.managedFields`: who owns which fields.
 * Guarantees: an entry that owns nothing is gone; the list is sorted as the real server sorts it.
 * Source: apimachinery, util/managedfields/internal/managedfields.go and capmanagers.go.
 */
import type { Json, JsonObject } from "../json.ts";
import { isEmpty, isObject, textAt } from "../json.ts";
import { union } from "./field-set.ts";
import type { FieldSet } from "./field-set.ts";

export interface ManagerEntry {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string | undefined;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** By identity. */
export type Managed = ReadonlyMap<string, ManagerEntry>;

const UPDATE_MANAGERS_MAX = 10;
const ANCIENT = "ancient-changes";

/** An applier is the same one in whatever version it applies; an updater is not. */
export function identityOf(entry: Pick<ManagerEntry, "manager" | "operation" | "apiVersion" | "subresource">): string {
  const { manager, operation, apiVersion, subresource = "" } = entry;
  return JSON.stringify([manager, operation, operation === "Apply" ? "" : apiVersion, subresource]);
}

export function decodeManaged(list: Json | undefined): Managed {
  const managed = new Map<string, ManagerEntry>();
  for (const item of Array.isArray(list) ? (list as readonly Json[]) : []) {
    const entry = decodeEntry(item);
    managed.set(identityOf(entry), entry);
  }
  return managed;
}

function decodeEntry(item: Json): ManagerEntry {
  const operation = textAt(item, "operation") === "Apply" ? "Apply" : "Update";
  const fields = isObject(item) ? item["fieldsV1"] : undefined;
  return {
    manager: textAt(item, "manager") ?? "",
    operation,
    apiVersion: textAt(item, "apiVersion") ?? "",
    subresource: textAt(item, "subresource"),
    time: textAt(item, "time"),
    // FieldsV1 has the form of a FieldSet.
    fields: (isObject(fields) ? fields : {}) as FieldSet,
  };
}

/** Undefined when nobody owns anything: the member is then absent. */
export function encodeManaged(managed: Managed): readonly JsonObject[] | undefined {
  if (managed.size === 0) return undefined;
  return Object.freeze([...managed.values()].sort(inServerOrder).map(encodeEntry));
}

function encodeEntry(entry: ManagerEntry): JsonObject {
  const { manager, operation, apiVersion, time, fields, subresource } = entry;
  return Object.freeze({
    manager,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: "FieldsV1",
    fieldsV1: fields,
    ...(subresource === undefined ? {} : { subresource }),
  });
}

function inServerOrder(left: ManagerEntry, right: ManagerEntry): number {
  return (
    compareText(left.operation, right.operation) ||
    compareText(left.time ?? "", right.time ?? "") ||
    compareText(left.manager, right.manager) ||
    compareText(left.apiVersion, right.apiVersion) ||
    compareText(left.subresource ?? "", right.subresource ?? "")
  );
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Merges the oldest updaters of one version into one entry when there are too many. */
export function capped(managed: Managed): Managed {
  const updaters = [...managed].filter(([, { operation }]) => operation === "Update");
  if (updaters.length <= UPDATE_MANAGERS_MAX) return managed;
  updaters.sort(
    ([leftId, left], [rightId, right]) =>
      compareText(left.time ?? "", right.time ?? "") || compareText(leftId, rightId),
  );
  const result = new Map(managed);
  const firstOf = new Map<string, string>();
  let length = updaters.length;
  for (const [identity, entry] of updaters) {
    if (length <= UPDATE_MANAGERS_MAX) break;
    const first = firstOf.get(entry.apiVersion);
    if (first === undefined) {
      firstOf.set(entry.apiVersion, identity);
      continue;
    }
    const bucket = { ...entry, manager: ANCIENT, subresource: undefined };
    const bucketId = identityOf(bucket);
    const held = result.get(bucketId) ?? result.get(first);
    if (!result.has(bucketId)) result.delete(first);
    result.set(bucketId, { ...bucket, fields: union(entry.fields, held?.fields ?? {}) });
    if (identity !== bucketId) result.delete(identity);
    length -= 1;
  }
  return result;
}

export function withoutIdle(managed: Managed): Managed {
  const idle = [...managed].filter(([, { fields }]) => isEmpty(fields));
  if (idle.length === 0) return managed;
  const result = new Map(managed);
  for (const [identity] of idle) result.delete(identity);
  return result;
}
