/**
 * One operation of Microsoft Graph, and the tables by which folders of the world add theirs.
 * Guarantees: a handler is a synchronous step of the state machine, called only with a valid token, permissions and a body of the declared form;
 * delays, losses, throttling and the check against the OpenAPI extracts are decided around it.
 */
import type { WorldDice } from "../core/clock.ts";
import type { AgentRecord } from "../core/guests.ts";
import type { EntraDirectory } from "../entra/directory.ts";
import type { TenantCloud } from "../layout/tenants.ts";

export type GraphMethod = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
export type GraphVersion = "v1.0" | "beta";

/** Who calls: read from the access token. */
export interface GraphCaller {
  readonly appId: string;
  /** Of the caller's own service principal; empty for delegated callers without one. */
  readonly servicePrincipalId: string;
  /** Application permissions; empty for delegated callers. */
  readonly roles: readonly string[];
  /** Delegated permissions; empty for app-only callers. */
  readonly scopes: readonly string[];
  readonly isAppOnly: boolean;
}

export interface GraphCall {
  readonly version: GraphVersion;
  readonly caller: GraphCaller;
  readonly directory: EntraDirectory;
  /** What the replica that answers knows: reads take it, writes act on the truth. */
  readonly asOfMs: number;
  /** What every replica knows. */
  readonly settledMs: number;
  readonly nowMs: number;
  /** Path parameters by their names in the template, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Query options by name, decoded; `$` included. */
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, `undefined` without a body. */
  readonly body: unknown;
  /** The service root with version, for links: `https://graph.microsoft.com/v1.0`. */
  readonly root: string;
  /** The call's own URL, from which paged handlers make their links. */
  readonly url: string;
  /** A fault asks for pages of at most so many items. */
  readonly pageItemsMax: number | undefined;
  /** The world's own switches of the tenant that the directory does not hold. */
  readonly tenant: GraphTenant;
}

/** What surrounds a directory: its cloud, and the agents that hosts registered. */
export interface GraphTenant {
  readonly tenantID: string;
  readonly cloud: TenantCloud;
  /** Verified domain names. */
  readonly domains: readonly string[];
  readonly restoresSecurityGroups: boolean;
  readonly agents: () => readonly AgentRecord[];
  readonly dice: WorldDice;
}

export interface GraphReply {
  readonly status: number;
  /** JSON, or text for `$count`. Absent for 204. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GraphOperation {
  readonly method: GraphMethod;
  /** Exactly as in the OpenAPI extracts: `/servicePrincipals/{servicePrincipal-id}/synchronization/jobs`. */
  readonly path: string;
  readonly versions: readonly GraphVersion[];
  /** @throws GraphError for refusals, DirectoryRefusal where the directory itself refuses */
  readonly handle: (call: GraphCall) => GraphReply;
  /** Own limits beside those of the identity service, such as 5 in 10 s (entra-graph reference, 10.1). */
  readonly limits?: readonly OperationLimit[];
}

/** A bucket for each application and tenant; operations of one name share it. */
export interface OperationLimit {
  readonly name: string;
  readonly calls: number;
  readonly perMs: number;
}

/** Operations by `METHOD /path`. @throws Error when two parts declare the same operation */
export function operationTable(...parts: readonly (readonly GraphOperation[])[]): ReadonlyMap<string, GraphOperation> {
  const table = new Map<string, GraphOperation>();
  for (const operation of parts.flat()) {
    for (const version of operation.versions) {
      const key = operationKey(version, operation);
      if (table.has(key)) throw new Error(`${key} is declared twice`);
      table.set(key, operation);
    }
  }
  return table;
}

export function operationKey(
  version: GraphVersion,
  { method, path }: { readonly method: string; readonly path: string },
): string {
  return `${version} ${method} ${path}`;
}
