/**
 * Eventual consistency (entra-graph reference, 10.5): each read is answered by one of three replicas, of which two lag.
 * Guarantees: with a lag of zero every replica knows the truth; what a replica does not know yet is refused in one of the forms that were seen.
 */
import type { WorldDice } from "../core/clock.ts";
import type { EntraDirectory } from "../entra/directory.ts";
import { GraphError, resourceNotFound } from "./errors.ts";

const REPLICAS = 3;

/** What the replica knows that the dice choose. */
export function replicaAsOf(dice: WorldDice, nowMs: number, lagMs: number): number {
  if (lagMs === 0) return nowMs;
  const replica = Math.floor(dice() * REPLICAS);
  return nowMs - (lagMs * replica) / (REPLICAS - 1);
}

export interface ReplicaQuestion {
  readonly directory: EntraDirectory;
  readonly params: Readonly<Record<string, string>>;
  readonly path: string;
  readonly asOfMs: number;
  readonly dice: WorldDice;
}

const PARENTS = ["servicePrincipal-id", "application-id", "group-id"];

/** A refusal when the object that the path names exists, but not for this replica yet; `undefined` when it is known or does not exist at all. */
export function unknownYet({ directory, params, path, asOfMs, dice }: ReplicaQuestion): GraphError | undefined {
  const id = PARENTS.map((name) => params[name]).find((value) => value !== undefined);
  if (id === undefined || directory.object(id) === undefined || directory.object(id, asOfMs) !== undefined)
    return undefined;
  const forms = path.includes("/synchronization/") ? [...NOT_FOUND, ...SYNCHRONIZATION] : NOT_FOUND;
  return forms[Math.floor(dice() * forms.length)]?.(id) ?? resourceNotFound(id);
}

type Form = (id: string) => GraphError;
const NOT_FOUND: readonly Form[] = [
  resourceNotFound,
  (id) =>
    new GraphError(404, "Directory_ObjectNotFound", `Unable to read the company information from the directory. ${id}`),
  (id) =>
    new GraphError(400, "Directory_ObjectNotFound", `Unable to read the company information from the directory. ${id}`),
];
/** On the synchronization sub-resource also these. */
const SYNCHRONIZATION: readonly Form[] = [
  () => new GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
  () => new GraphError(409, "Conflict", "The service principal is not ready."),
  () => new GraphError(401, "Unauthorized", "Access to the service principal is not established yet."),
];
