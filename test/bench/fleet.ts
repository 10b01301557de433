/**
 * Fleets to measure: the shipped example, and any number of pools with a domain each.
 * Guarantees: each generated domain has its own DNS name, secrets, groups and controllers in the world, so that registration slots are apart.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { eventually } from "../support/eventually.ts";
import type { RunningOperator } from "../support/operator.ts";
import { logLines, metricsOf, total, type Stage } from "./stage.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../examples");
const EXAMPLE_FILES = ["00-namespace.yaml", "10-tenant.yaml", "20-domain.yaml", "30-pool.yaml"];
export const EXAMPLE_NAMESPACE = "identity";

export function exampleManifests(): string {
  return EXAMPLE_FILES.map((file) => readFileSync(join(EXAMPLES, file), "utf8")).join("\n---\n");
}

const ACCOUNT = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:bench";
const TENANT_ID = "6b29fc40-ca47-4067-b31d-00dd010662da";

export interface ManyPools {
  readonly pools: number;
  readonly namespaces: readonly string[];
}

export function benchNamespaces(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `bench-${index}`);
}

interface Names {
  readonly name: string;
  readonly dnsName: string;
  readonly suffix: string;
  readonly netBIOSName: string;
}

function namesOf(index: number): Names {
  const name = `d${String(index).padStart(3, "0")}`;
  const suffix = `DC=${name},DC=example,DC=com`;
  return { name, dnsName: `${name}.example.com`, suffix, netBIOSName: name.toUpperCase() };
}

/** Sections of a world layout: a domain and its secrets for each pool; the rest stays the default. */
export function writeLayout(directory: string, pools: number): string {
  const all = Array.from({ length: pools }, (_, index) => namesOf(index));
  const domains = all.map(({ name, dnsName, suffix, netBIOSName }) => ({
    dnsName,
    netBIOSName,
    tenantID: TENANT_ID,
    controllers: [{ name: `dc1.${dnsName}`, address: "10.0.1.10", availabilityZone: "ap-northeast-1a" }],
    organizationalUnits: [`OU=CloudSync,${suffix}`],
    hostGroups: [{ distinguishedName: `CN=Hosts,OU=CloudSync,${suffix}` }],
    accounts: [{ userName: "svc-join", password: `join-${name}` }],
    serviceAccounts: [{ name: "gmsaBench$", principalGroups: [`CN=Hosts,OU=CloudSync,${suffix}`] }],
    kdsRootKeyAgeHours: 1_000,
  }));
  const joinSecrets = all.map(({ name, netBIOSName }) => ({
    arn: `${ACCOUNT}/join-${name}`,
    readableBy: ["cloudsync-agent"],
    value: { kind: "directoryAccount", userName: `${netBIOSName}\\svc-join`, password: `join-${name}` },
  }));
  const registration = {
    arn: `${ACCOUNT}/registration`,
    readableBy: ["cloudsync-agent"],
    value: {
      kind: "entraAccount",
      userPrincipalName: "agent-registration@contoso.example",
      password: "world-registration-password",
    },
  };
  const file = join(directory, `layout-${pools}.json`);
  writeFileSync(file, JSON.stringify({ domains: { domains }, secrets: { secrets: [...joinSecrets, registration] } }));
  return file;
}

export interface ManyManifests {
  /** Namespaces and tenants: there before the clock starts. */
  readonly ground: string;
  /** Domains and pools. */
  readonly fleet: string;
}

export function manyManifests({ pools, namespaces }: ManyPools): ManyManifests {
  const ground = namespaces.flatMap((namespace, index) => [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    tenant(namespace, index),
  ]);
  const fleet = Array.from({ length: pools }, (_, index) => {
    const namespace = namespaces[index % namespaces.length] ?? "default";
    return [domain(namespace, namesOf(index)), pool(namespace, namesOf(index))];
  }).flat();
  return { ground: listOf(ground), fleet: listOf(fleet) };
}

function listOf(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

const API_VERSION = "cloudsync.dev/v1alpha1";

function tenant(namespace: string, index: number): object {
  const clientID = `9c8f0a52-9c3c-4b59-8f3f-${String(index).padStart(12, "0")}`;
  return {
    apiVersion: API_VERSION,
    kind: "EntraTenant",
    metadata: { namespace, name: "contoso" },
    spec: {
      tenantID: TENANT_ID,
      credential: { type: "WorkloadIdentity", clientID, serviceAccountRef: { name: "default" } },
    },
  };
}

function domain(namespace: string, { name, dnsName, suffix, netBIOSName }: Names): object {
  return {
    apiVersion: API_VERSION,
    kind: "ADDomain",
    metadata: { namespace, name },
    spec: {
      dnsName,
      netBIOSName,
      domainControllers: ["10.0.1.10"],
      join: {
        credential: { secretARN: `${ACCOUNT}/join-${name}` },
        organizationalUnit: `OU=CloudSync,${suffix}`,
      },
      gmsa: { mode: "Existing", name: "gmsaBench$", hostGroup: `CN=Hosts,OU=CloudSync,${suffix}` },
    },
  };
}

function pool(namespace: string, { name }: Names): object {
  return {
    apiVersion: API_VERSION,
    kind: "CloudSyncAgentPool",
    metadata: { namespace, name },
    spec: {
      replicas: 3,
      tenantRef: { name: "contoso" },
      domainRef: { name },
      aws: {
        region: "ap-northeast-1",
        subnetIDs: ["subnet-0a", "subnet-0c", "subnet-0d"],
        securityGroupIDs: ["sg-0agents"],
        instanceProfile: "cloudsync-agent",
      },
      agent: {
        installer: { name: "provisioning-1.1.2505" },
        registration: { mode: "Credential", secretARN: `${ACCOUNT}/registration` },
      },
    },
  };
}

interface Conditioned {
  readonly status?: {
    readonly replicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

export async function agentsOf({ api }: Stage): Promise<readonly Conditioned[]> {
  const answer = await api.send("GET", "/apis/cloudsync.dev/v1alpha1/cloudsyncagents");
  return (answer.body as { items?: readonly Conditioned[] }).items ?? [];
}

export function isReady({ status }: Conditioned): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true;
}

/** Resolves with the moment (performance.now) at which all agents were seen Ready. Fails at once when the operator ends. */
export async function untilAgentsReady(
  stage: Stage,
  count: number,
  options: { readonly timeoutMs: number; readonly intervalMs: number },
): Promise<number> {
  await eventually(
    `${count} agents are Ready`,
    async () => {
      const agents = await agentsOf(stage);
      const open = agents.filter((agent) => !isReady(agent));
      return { ready: agents.length - open.length, firstOpen: openCondition(open[0]) };
    },
    ({ ready }) => ready === count,
    options,
  );
  return performance.now();
}

function openCondition(agent: Conditioned | undefined): unknown {
  return agent?.status?.conditions?.find(({ status }) => status !== "True");
}

const PROGRESS_MS = 15_000;

/**
 * The same for fleets whose list costs the API server more than the fleet does: counts by the operator's own gauge, and checks with one list
 * at the end.
 */
export async function untilFleetReady(
  stage: Stage,
  operator: RunningOperator,
  count: number,
  { timeoutMs, intervalMs }: { readonly timeoutMs: number; readonly intervalMs: number },
): Promise<number> {
  const startedMs = performance.now();
  const deadlineMs = startedMs + timeoutMs;
  let saidMs = startedMs;
  for (;;) {
    const samples = operator.isAlive() ? await metricsOf(operator) : undefined;
    const ready = samples === undefined ? Number.NaN : total(samples, "cloudsync_agents_ready");
    const atMs = performance.now();
    if (samples !== undefined && atMs - saidMs >= PROGRESS_MS) {
      saidMs = atMs;
      const slow = logLines(operator).filter(({ message }) => message === "event loop slow").length;
      process.stderr.write(
        `  ${((atMs - startedMs) / 1_000).toFixed(0)} s: ${ready} of ${count} agents are Ready, ` +
          `${total(samples, "cloudsync_kube_writes_total")} writes, event loop slow in ${slow} samples of 10 s\n`,
      );
    }
    if (ready === count) {
      const listed = (await agentsOf(stage)).filter(isReady).length;
      if (listed === count) return atMs;
    }
    if (!operator.isAlive())
      throw new Error(`the operator ended before ${count} agents were Ready: ${operator.logTail()}`);
    if (atMs > deadlineMs) throw new Error(`${ready} of ${count} agents are Ready after ${timeoutMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
