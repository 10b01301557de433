/** Manifests as plain JSON, and changes to them by path. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly spec: Readonly<Record<string, Json>>;
  readonly status?: Readonly<Record<string, Json>>;
}
/** Path with dots (a number is an index; a dot inside a key is written `~`) to the new value; `undefined` removes. */
export type Changes = Readonly<Record<string, Json | undefined>>;

export function changed(manifest: Manifest, changes: Changes): Manifest {
  const copy = structuredClone(manifest) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) setAt(copy, path, value);
  return copy as unknown as Manifest;
}

export function valueAt(manifest: Manifest, path: string): unknown {
  return keysOf(path).reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    manifest,
  );
}

function setAt(root: Record<string, unknown>, path: string, value: Json | undefined): void {
  const keys = keysOf(path);
  const last = keys.pop();
  if (last === undefined) throw new Error("empty path");
  let parent = root;
  for (const key of keys) {
    parent[key] ??= {};
    parent = parent[key] as Record<string, unknown>;
  }
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
}

function keysOf(path: string): string[] {
  return path.split(".").map((key) => key.replaceAll("~", "."));
}
