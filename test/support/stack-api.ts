/**
 * The objects of a stack as the administrator sees and changes them, straight from the API server.
 * Guarantees: what the server said, nothing cached; a refusal is thrown with the server's sentence. Cheaper than a kubectl process for each read.
 */
import { readFileSync } from "node:fs";
import { Agent, request } from "undici";

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

/** Any object, with the fields that tests ask for. */
export interface StackObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly instanceID?: string;
    readonly phase?: string;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly [field: string]: unknown;
  };
}

export type StackKind =
  "agents" | "pools" | "domains" | "tenants" | "configurations" | "scopes" | "tests" | "leases" | "events";

const PATHS: Readonly<Record<StackKind, readonly [group: string, plural: string]>> = {
  agents: ["cloudsync.dev/v1alpha1", "cloudsyncagents"],
  pools: ["cloudsync.dev/v1alpha1", "cloudsyncagentpools"],
  domains: ["cloudsync.dev/v1alpha1", "addomains"],
  tenants: ["cloudsync.dev/v1alpha1", "entratenants"],
  configurations: ["cloudsync.dev/v1alpha1", "syncconfigurations"],
  scopes: ["cloudsync.dev/v1alpha1", "groupscopes"],
  tests: ["cloudsync.dev/v1alpha1", "provisioningtests"],
  leases: ["coordination.k8s.io/v1", "leases"],
  events: ["events.k8s.io/v1", "events"],
};

export interface StackAPI {
  list(kind: StackKind, namespace: string): Promise<readonly StackObject[]>;
  /** `undefined` when there is none. */
  get(kind: StackKind, namespace: string, name: string): Promise<StackObject | undefined>;
  /** A merge patch, of `subresource` (`status`, `scale`) where one is given. */
  patch(kind: StackKind, namespace: string, name: string, change: object, subresource?: string): Promise<StackObject>;
  /** Starts a deletion; `policy` as in `kubectl delete --cascade`. Nothing to do when it is gone already. */
  delete(
    kind: StackKind,
    namespace: string,
    name: string,
    policy?: "Foreground" | "Background" | "Orphan",
  ): Promise<void>;
  close(): Promise<void>;
}

interface KubeconfigFile {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** The fields of a kubeconfig that `control-plane.ts` wrote (JSON). */
export function readKubeconfig(file: string): { server: string; authority: string; token: string } {
  const { clusters, users } = JSON.parse(readFileSync(file, "utf8")) as KubeconfigFile;
  const { server, "certificate-authority-data": authority } = clusters[0].cluster;
  return { server, authority: Buffer.from(authority, "base64").toString("utf8"), token: users[0].user.token };
}

export function stackAPI(kubeconfig: string): StackAPI {
  const { server, authority, token } = readKubeconfig(kubeconfig);
  const dispatcher = new Agent({ connect: { ca: authority } });
  const send = async (
    method: "GET" | "PATCH" | "DELETE",
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown }> => {
    const answer = await request(server + path, {
      method,
      dispatcher,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
      },
      headersTimeout: 20_000,
      bodyTimeout: 20_000,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const parsed = await answer.body.json();
    if (answer.statusCode >= 400 && answer.statusCode !== 404)
      throw new Error(`${method} ${path}: ${answer.statusCode} ${(parsed as { message?: string }).message ?? ""}`);
    return { status: answer.statusCode, body: parsed };
  };
  const pathOf = (kind: StackKind, namespace: string, name?: string): string => {
    const [group, plural] = PATHS[kind];
    return `/apis/${group}/namespaces/${namespace}/${plural}${name === undefined ? "" : `/${name}`}`;
  };
  return {
    async list(kind, namespace) {
      const { body } = await send("GET", pathOf(kind, namespace));
      return (body as { items: StackObject[] }).items;
    },
    async get(kind, namespace, name) {
      const { status, body } = await send("GET", pathOf(kind, namespace, name));
      return status === 404 ? undefined : (body as StackObject);
    },
    async patch(kind, namespace, name, change, subresource) {
      const path = pathOf(kind, namespace, name) + (subresource === undefined ? "" : `/${subresource}`);
      const { status, body } = await send("PATCH", path, change);
      if (status === 404) throw new Error(`PATCH ${path}: not found`);
      return body as StackObject;
    },
    async delete(kind, namespace, name, policy = "Background") {
      await send("DELETE", pathOf(kind, namespace, name), { propagationPolicy: policy });
    },
    close: () => dispatcher.close(),
  };
}

export function conditionOf(object: StackObject | undefined, type: string): Condition | undefined {
  return object?.status?.conditions?.find((condition) => condition.type === type);
}

/** Ready=True for the current generation. */
export function isReady(object: StackObject | undefined): boolean {
  const ready = conditionOf(object, "Ready");
  return ready?.status === "True" && ready.observedGeneration === (object?.metadata.generation ?? 0);
}
