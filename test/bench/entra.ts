/**
 * The Entra side to measure: a tenant's directory of any number of groups, a configuration that is provisioned, and what the world saw of Graph.
 * Guarantees: ids follow from the number of a group, so that a row can name one without asking.
 * Never: an agent. A job without one moves nothing into AD and writes no assignment: what is measured is the operator and Graph.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { GroupLayout, UserLayout } from "../../sim/src/layout/entra-directory.ts";
import { DEFAULT_TENANTS, type TenantsLayout } from "../../sim/src/layout/tenants.ts";
import { eventually } from "../support/eventually.ts";
import type { RunningOperator } from "../support/operator.ts";
import { openStage, type Stage } from "./stage.ts";

export const NAMESPACE = "identity";
export const CONFIGURATION = "bench";
const EXAMPLES = resolve(import.meta.dirname, "../../examples");
const API_VERSION = "cloudsync.dev/v1alpha1";
export const API_PATH = `/apis/${API_VERSION}/namespaces/${NAMESPACE}`;
const USERS = 500;

export interface DirectorySize {
  readonly groups: number;
  readonly membersEach: number;
}

export function groupID(number: number): string {
  return `be9c0000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** What the selector of a row matches; the last group of the directory is called otherwise. */
export const PREFIX = "bench-";

export async function entraStage(size: DirectorySize): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), "cloudsync-bench-layout-"));
  const layoutFile = join(directory, "layout.json");
  writeFileSync(layoutFile, JSON.stringify({ tenants: tenantsOf(size) }));
  return openStage({
    namespaces: [NAMESPACE],
    serviceAccounts: [{ namespace: NAMESPACE, names: ["entra-configuration", "entra-scope"] }],
    layoutFile,
    // Replicas that lag as Graph's do, and cycles 20 minutes apart.
    delays: "real",
    hasBuckets: false,
  }).finally(() => rmSync(directory, { recursive: true, force: true }));
}

function tenantsOf({ groups, membersEach }: DirectorySize): TenantsLayout {
  const users = Array.from({ length: USERS }, (_, number) => userOf(number));
  const made = Array.from({ length: groups }, (_, number): GroupLayout => ({
    id: groupID(number),
    displayName: number === groups - 1 ? "one-more" : `${PREFIX}${String(number).padStart(5, "0")}`,
    memberIDs: Array.from({ length: membersEach }, (__, index) => userID((number * 7 + index * 20) % USERS)),
  }));
  return {
    tenants: DEFAULT_TENANTS.tenants.map((tenant) => {
      const { directory } = tenant;
      if (directory === undefined) return tenant;
      const filled = { ...directory, users: [...directory.users, ...users], groups: [...directory.groups, ...made] };
      return { ...tenant, directory: filled };
    }),
  };
}

function userID(number: number): string {
  return `be9c0000-0000-4000-9000-${String(number).padStart(12, "0")}`;
}

function userOf(number: number): UserLayout {
  const name = `person${String(number).padStart(4, "0")}`;
  return {
    id: userID(number),
    displayName: name,
    userPrincipalName: `${name}@contoso.example`,
    onPremises: {
      objectIdentifier: userID(number).replace("be9c", "ad9c"),
      distinguishedName: `CN=${name},OU=People,DC=corp,DC=example,DC=com`,
      domainName: "corp.example.com",
      samAccountName: name,
    },
  };
}

/** Tenant, domain and configuration, as in the examples, until the configuration has its service principal. */
export async function provision(stage: Stage, operator: RunningOperator): Promise<void> {
  const files = ["00-namespace.yaml", "10-tenant.yaml", "20-domain.yaml"];
  const ground = files.map((file) => readFileSync(join(EXAMPLES, file), "utf8"));
  await stage.apply([...ground, JSON.stringify(configuration())].join("\n---\n"));
  await eventually(
    "the configuration has its service principal and job",
    () => stage.api.send("GET", `${API_PATH}/syncconfigurations/${CONFIGURATION}`),
    ({ body }) => isProvisioned(body),
    { timeoutMs: 120_000, intervalMs: 500 },
  ).catch((error: unknown) => {
    throw new Error(`not provisioned; the operator's log ends with\n${operator.logTail()}`, { cause: error });
  });
}

function configuration(): object {
  return manifest("SyncConfiguration", CONFIGURATION, {
    tenantRef: { name: "contoso" },
    displayName: "corp.example.com",
    connector: "EntraToAD",
    entraToAD: {
      domainRef: { name: "corp" },
      targetContainer: { constant: "OU=EntraGroups,DC=corp,DC=example,DC=com" },
    },
    start: { withoutTest: true },
  });
}

export function manifest(kind: string, name: string, spec: object): object {
  return { apiVersion: API_VERSION, kind, metadata: { namespace: NAMESPACE, name }, spec };
}

export async function create({ api }: Stage, plural: string, object: object): Promise<void> {
  const answer = await api.send("POST", `${API_PATH}/${plural}`, object);
  if (answer.code !== 201) throw new Error(`${plural}: ${answer.code} ${JSON.stringify(answer.body)}`);
}

/** With a service principal and a job: without an agent it is never Ready. */
function isProvisioned(body: unknown): boolean {
  const { status } = body as { status?: { servicePrincipalID?: string; jobs?: readonly { state?: string }[] } };
  return status?.servicePrincipalID !== undefined && (status.jobs ?? []).length > 0;
}

/** A call that reached the world's Graph; a batch is told by its parts alone, because Graph counts those. */
export interface GraphCall {
  readonly sequence: number;
  readonly atMs: number;
  readonly action: string;
  readonly outcome: string;
  readonly facts: { readonly objectID?: readonly string[] };
}

export async function graphCalls({ world }: Stage, since: number): Promise<readonly GraphCall[]> {
  const entries = (await world.control.ask(
    "GET",
    `/log?since=${since}&service=graph&limit=50000`,
  )) as readonly GraphCall[];
  return entries.filter(({ action }) => action !== "POST /$batch");
}

export interface GraphCounts {
  readonly lastSequence: number;
  /** By action, since the world began. */
  readonly total: Readonly<Record<string, number>>;
}

export async function graphCounts({ world }: Stage): Promise<GraphCounts> {
  return (await world.control.ask("GET", "/counts")) as GraphCounts;
}

export const ASSIGN = "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo";

export function assignedSoFar({ total }: GraphCounts): number {
  return total[`graph:${ASSIGN}`] ?? 0;
}

/** Resolves when no call reached Graph for so long; with what came in between. */
export async function untilQuiet(stage: Stage, quietMs: number, timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  let sumBefore = -1;
  let sinceMs = performance.now();
  while (performance.now() - sinceMs < quietMs) {
    if (performance.now() > deadlineMs)
      throw new Error(`Graph was not quiet for ${quietMs / 1_000} s within ${timeoutMs / 1_000} s`);
    const { total } = await graphCounts(stage);
    const sum = Object.entries(total).reduce(
      (all, [name, calls]) => (name.startsWith("graph:") ? all + calls : all),
      0,
    );
    if (sum !== sumBefore) sinceMs = performance.now();
    sumBefore = sum;
    await delay(500);
  }
}

/** "POST a 3, GET b 1". */
export function callsText(calls: readonly Pick<GraphCall, "action">[]): string {
  return [...Map.groupBy(calls, ({ action }) => action)]
    .sort(([, left], [, right]) => right.length - left.length)
    .map(([action, group]) => `${action} ${group.length}`)
    .join(", ");
}
