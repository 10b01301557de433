/**
 * What calls of operators changed in Entra, in the words of the promises. Pure.
 * Guarantees: a refused or lost request is no write; a lost answer hides nothing; each part of a batch is a write of its own.
 */
import type { CallLogEntry } from "../../../../sim/src/core/call-log.ts";
import type { Happening } from "../../run/scene.ts";

export interface EntraWrite {
  readonly kind:
    | "instantiate"
    | "createJob"
    | "deleteJob"
    | "deleteApplication"
    | "secrets"
    | "schema"
    | "start"
    | "pause"
    | "restart"
    | "onDemand"
    | "assign"
    | "unassign"
    | "other";
  /** `METHOD /path/template`. */
  readonly action: string;
  /** Ids of the path, then the principal of the body. */
  readonly ids: readonly string[];
}

const NONE: readonly EntraWrite[] = [];

const KINDS: readonly (readonly [RegExp, EntraWrite["kind"]])[] = [
  [/^POST .*\/instantiate$/, "instantiate"],
  [/^POST .*\/synchronization\/jobs$/, "createJob"],
  [/^DELETE .*\/synchronization\/jobs\/[^/]+$/, "deleteJob"],
  [/^DELETE \/(servicePrincipals|applications)\/[^/]+$/, "deleteApplication"],
  [/^PUT .*\/synchronization\/secrets$/, "secrets"],
  [/^(PUT|PATCH|DELETE) .*\/schema$/, "schema"],
  [/^POST .*\/start$/, "start"],
  [/^POST .*\/pause$/, "pause"],
  [/^POST .*\/restart$/, "restart"],
  [/^POST .*\/provisionOnDemand$/, "onDemand"],
  [/^POST .*\/appRoleAssignedTo$/, "assign"],
  [/^DELETE .*\/appRoleAssignedTo\/[^/]+$/, "unassign"],
];

/** POSTs that change nothing, and the batch around its parts. */
const READING = /\/(parseExpression|validateCredentials|getByIds|\$batch)$/;

export function entraWrites(happening: Happening): readonly EntraWrite[] {
  if (happening.kind !== "call" || happening.call.side !== "graph") return NONE;
  return happening.entries.filter(tookEffect).map(({ action, facts }) => ({
    kind: KINDS.find(([pattern]) => pattern.test(action))?.[1] ?? "other",
    action,
    ids: facts.objectID ?? [],
  }));
}

function tookEffect({ service, action, outcome }: CallLogEntry): boolean {
  const isWrite = service === "graph" && !action.startsWith("GET ") && !READING.test(action);
  return isWrite && (outcome === "ok" || outcome === "lost (ok)");
}
