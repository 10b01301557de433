/**
 * What a user applies, as objects: the files of `examples/` in another namespace, with short times.
 * Guarantees: only what a stack needs differs from the files; a change is a deep merge in which arrays replace arrays and `null` removes.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseAllDocuments } from "yaml";

const EXAMPLES = resolve(import.meta.dirname, "../../examples");

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly spec?: Readonly<Record<string, unknown>>;
}

export type Change = Readonly<Record<string, unknown>>;

export const POOL = "tokyo";
export const DOMAIN = "corp";
export const TENANT = "contoso";

/** Every wait that a test would sit through, in seconds; deadlines that only a broken run meets stay generous. */
const SHORT_POOL: Change = {
  spec: {
    health: { probeInterval: "2s", evidenceMaxAge: "60s" },
    remediation: { unhealthyAfter: "5s", correlationWindow: "10s" },
    timeouts: { configure: "40s", drain: "20s" },
  },
};

/** Tenant with its service account, domain and pool of `examples/`, in `namespace`. */
export function exampleFleet(namespace: string, change: Change = {}): readonly Manifest[] {
  const files = ["10-tenant.yaml", "20-domain.yaml", "30-pool.yaml"];
  return files
    .flatMap((file) => parseAllDocuments(readFileSync(join(EXAMPLES, file), "utf8")))
    .map((document) => document.toJS() as Manifest)
    .map((manifest) => merged(manifest, { metadata: { namespace } }))
    .map((manifest) =>
      manifest.kind === "CloudSyncAgentPool" ? merged(merged(manifest, SHORT_POOL), change) : manifest,
    );
}

/** JSON merge patch (RFC 7396). */
export function merged<T extends object>(base: T, change: Change): T {
  const result: Record<string, unknown> = Object.fromEntries(Object.entries(base));
  for (const [key, value] of Object.entries(change)) {
    const before = result[key];
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = isPlain(value) ? merged(isPlain(before) ? before : {}, value) : value;
  }
  return result as T;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
