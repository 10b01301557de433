/**
 * JSON values as the server keeps them: plain, frozen to the last member, shared between versions of an object.
 * Guarantees: what `frozenCopy` returned can be handed to anybody; equal values are found equal whatever their key order.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}

/** What the wire would have carried: undefined members are left out. Throws on what JSON does not know. */
export function frozenCopy(value: unknown): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((item: unknown) => frozenCopy(item ?? null)));
  if (typeof value === "object") {
    const copy: Record<string, Json> = {};
    for (const [name, member] of Object.entries(value)) if (member !== undefined) copy[name] = frozenCopy(member);
    return Object.freeze(copy);
  }
  throw new TypeError(`${typeof value} is not a JSON value`);
}

export function frozenObject(value: unknown): JsonObject {
  const copy = frozenCopy(value);
  if (!isObject(copy)) throw new TypeError("not a JSON object");
  return copy;
}

/** Cheap for values that share parts: the same reference is equal without a look inside. */
export function isEqual(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (isList(left)) {
    return (
      isList(right) && left.length === right.length && left.every((item, position) => isEqual(item, right[position]))
    );
  }
  if (!isObject(left) || !isObject(right)) return false;
  let members = 0;
  for (const name in left) {
    if (!(name in right) || !isEqual(left[name], right[name])) return false;
    members += 1;
  }
  for (const _ in right) members -= 1;
  return members === 0;
}

/** The object with some members replaced; `undefined` takes a member away. Frozen. */
export function withMembers(object: JsonObject, changes: Readonly<Record<string, Json | undefined>>): JsonObject {
  const changed: Record<string, Json> = {};
  for (const name in object) {
    const member = name in changes ? changes[name] : object[name];
    if (member !== undefined) changed[name] = member;
  }
  for (const name in changes) {
    const change = changes[name];
    if (change !== undefined) changed[name] = change;
  }
  return Object.freeze(changed);
}

/** Member of a member, undefined where the way ends. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here = value;
  for (const name of path) here = isObject(here) ? here[name] : undefined;
  return here;
}

export function textAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function listAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = at(value, ...path);
  return isList(found) ? found : [];
}
