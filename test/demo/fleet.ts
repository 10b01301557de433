/**
 * What the API server says of the pool and its agents, as far as the demo shows it.
 * Guarantees: reads only; every read is bounded; absent status fields stay absent.
 */
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { FLEET_NAMESPACE, POOL } from "./names.ts";

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface Pool {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly spec: { readonly replicas: number };
  readonly status?: {
    readonly readyReplicas?: number;
    readonly summary?: { readonly ready?: string; readonly zones?: string; readonly reason?: string };
    readonly conditions?: readonly Condition[];
  };
}

export interface Agent {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly slot: number };
  readonly status?: {
    readonly phase?: string;
    readonly launch?: { readonly availabilityZone?: string };
    readonly instanceID?: string;
    readonly agentVersion?: string;
    readonly firstFailure?: { readonly view: string; readonly reason: string; readonly message: string };
    readonly conditions?: readonly Condition[];
  };
}

export interface Fleet {
  readonly pool: Pool;
  /** By name. */
  readonly agents: readonly Agent[];
}

/** What hosts must end up as; read from the objects that the pool names. */
export interface Declared {
  readonly dnsName: string;
  readonly gmsaName: string;
  readonly tenantID: string;
}

export interface FleetReader {
  read(): Promise<Fleet>;
  readDeclared(): Promise<Declared>;
}

const READ_TIMEOUT_MS = 10_000;

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly "certificate-authority-data": string };
  }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

/** @param kubeconfig a file that the control plane of `test/support` wrote (JSON, one cluster, one user with a token) */
export function fleetReader(kubeconfig: string): FleetReader {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig;
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  if (cluster === undefined || user === undefined) throw new Error(`${kubeconfig} names no cluster or user`);
  const ca = Buffer.from(cluster["certificate-authority-data"], "base64");
  const read = (path: string): Promise<unknown> =>
    getJSON(`${cluster.server}/apis/cloudsync.dev/v1alpha1/namespaces/${FLEET_NAMESPACE}/${path}`, ca, user.token);
  return {
    async read() {
      const pool = (await read(`cloudsyncagentpools/${POOL}`)) as Pool;
      const { items } = (await read("cloudsyncagents")) as { readonly items: readonly Agent[] };
      return { pool, agents: items.toSorted((left, right) => left.metadata.name.localeCompare(right.metadata.name)) };
    },
    async readDeclared() {
      const pool = (await read(`cloudsyncagentpools/${POOL}`)) as {
        readonly spec: { readonly domainRef: { readonly name: string }; readonly tenantRef: { readonly name: string } };
      };
      const domain = (await read(`addomains/${pool.spec.domainRef.name}`)) as {
        readonly spec: { readonly dnsName: string; readonly gmsa: { readonly name: string } };
      };
      const tenant = (await read(`entratenants/${pool.spec.tenantRef.name}`)) as {
        readonly spec: { readonly tenantID: string };
      };
      return { dnsName: domain.spec.dnsName, gmsaName: domain.spec.gmsa.name, tenantID: tenant.spec.tenantID };
    },
  };
}

export function conditionOf(
  object: { readonly status?: { readonly conditions?: readonly Condition[] } },
  type: string,
): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(agent: Agent): boolean {
  return conditionOf(agent, "Ready")?.status === "True";
}

/** All wanted agents are Ready, and no other exists: nothing is under way any more. */
export function isSettled({ pool, agents }: Fleet): boolean {
  return conditionOf(pool, "Ready")?.status === "True" && agents.length === pool.spec.replicas && agents.every(isReady);
}

function getJSON(url: string, ca: Buffer, token: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request(url, { ca, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.once("end", () => {
        if (answer.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`GET ${new URL(url).pathname}: ${answer.statusCode ?? 0} ${text}`));
      });
    });
    call.setTimeout(READ_TIMEOUT_MS, () => call.destroy(new Error(`no answer within ${READ_TIMEOUT_MS} ms`)));
    call.once("error", reject);
    call.end();
  });
}
