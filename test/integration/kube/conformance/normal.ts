/**
 * A transcript with everything replaced that two right servers may answer differently: ids, times, versions and their numbers.
 * Guarantees: versions of objects keep their order; two equal ids stay equal; nothing else is touched.
 * Never: the version of a list or a bookmark: other objects of a real cluster move it.
 */
import type { Answer } from "./row.ts";

const TIMES: ReadonlySet<string> = new Set(["creationTimestamp", "deletionTimestamp", "time", "expirationTimestamp"]);

export interface Names {
  readonly namespace: string;
  readonly unique: string;
}

export function normalised(transcript: readonly Answer[], names: Names): unknown {
  const versions = [...new Set(objectVersions(transcript))].sort((left, right) => left - right);
  const uids = new Map<string, string>();
  const text = (value: string): string =>
    withoutNames(value, names).replace(UUIDS, (uid) => {
      if (!uids.has(uid)) uids.set(uid, `uid ${uids.size}`);
      return uids.get(uid) ?? uid;
    });
  const walk = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) {
      const items = value.map((item: unknown) => walk(item, ""));
      return key === "managedFields" || key === "causes" ? sorted(items) : items;
    }
    if (typeof value === "object" && value !== null) {
      const isListed = "items" in value || ("type" in value && value.type === "BOOKMARK");
      // Ids are numbered as they are met, so the order of members must not matter.
      const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
      const copy = Object.fromEntries(entries.map(([name, member]) => [text(name), walk(member, name)] as const));
      return isListed ? withoutVersion(copy) : copy;
    }
    if (typeof value !== "string") return value;
    if (key === "resourceVersion") {
      const rank = versions.indexOf(Number(value));
      return rank < 0 ? value : `version ${rank}`;
    }
    if (key === "continue") return value === "" ? "" : "a token";
    return TIMES.has(key) ? "a time" : text(value);
  };
  return transcript.map((answer) => walk(answer, ""));
}

const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function withoutNames(value: string, { namespace, unique }: Names): string {
  return value
    .replace(/(?<= is invalid: \[).*(?=\]$)/s, (list) => list.split(", ").sort().join(", "))
    .replaceAll(namespace, "{ns}")
    .replaceAll(unique, "{x}")
    .replace(/too old resource version: \d+ \(\d+\)/, "too old resource version: N (N)")
    .replace(/(ResourceVersion in (?:the )?(?:precondition|object meta|record):? \(?)\d+/g, "$1N");
}

/** The order of managers depends on the second in which they wrote; the order of causes on a map's. */
function sorted(items: readonly unknown[]): readonly unknown[] {
  return [...items].sort((left, right) => (canonical(left) < canonical(right) ? -1 : 1));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}

function withoutVersion(listed: Record<string, unknown>): Record<string, unknown> {
  const object = (listed["object"] ?? listed) as Record<string, unknown>;
  const metadata = object["metadata"] as Record<string, unknown> | undefined;
  const rest = { ...object, metadata: { ...metadata, resourceVersion: "of the list" } };
  return "object" in listed ? { ...listed, object: rest } : rest;
}

function* objectVersions(value: unknown): Generator<number> {
  if (typeof value !== "object" || value === null) return;
  const isListed = "items" in value || ("type" in value && value.type === "BOOKMARK");
  for (const [name, member] of Object.entries(value)) {
    if (name === "resourceVersion" && typeof member === "string") yield Number(member);
    else if (!(isListed && name === "metadata")) yield* objectVersions(member);
  }
}
