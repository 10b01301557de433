/**
 * A small scene by hand: a pool, its agents and their hosts, that a test changes step by step before it asks an oracle.
 * Guarantees: objects are replaced and frozen, as the API server's are; nothing moves unless the test moves it.
 */
import type { Instance } from "../../../sim/src/ec2/instance.ts";
import { DEFAULT_SECRETS } from "../../../sim/src/layout/secrets.ts";
import type { World } from "../../../sim/src/world.ts";
import { OWNER_ID } from "../run/installation.ts";
import type { ClusterObject } from "../run/person.ts";
import type { Deed, Plan } from "../run/plan.ts";
import type { Happening, Oracle, Scene } from "../run/scene.ts";
import {
  AGENT_FINALIZER,
  AGENT_UID_TAG,
  ATTEMPT_TAG,
  MINUTE_MS,
  NAMESPACE_TAG,
  OWNER_TAG,
  POOL_TAG,
  POOL_UID_TAG,
} from "./sight/reading.ts";

type Fields = Readonly<Record<string, unknown>>;
type Truth = Readonly<Record<string, unknown>>;
type Life = Extract<Happening, { kind: "life" }>["what"];

const START_MS = Date.UTC(2026, 10, 1);
const NAMESPACE = "identity";
const POOLS = "cloudsyncagentpools";
const AGENTS = "cloudsyncagents";
export const POOL_UID = "uid-pool";

const QUIET_PLAN: Plan = {
  seed: 1,
  pool: {},
  flags: [],
  delays: "real",
  operators: 1,
  acts: [],
  faults: [],
  strikes: [],
};

const SERVING: Truth = {
  booted: true,
  frozen: false,
  joinedDomain: "corp.example.com",
  isDomainTrusted: true,
  registeredTenantID: "tenant-1",
  configuredDomains: ["corp.example.com"],
  serviceState: "Running",
  serviceAccount: "CORP\\gmsa$",
  ssm: { pingStatus: "Online" },
  readableSecrets: [],
};

export class Stage {
  readonly scene: Scene;
  readonly overlaps: object[] = [];
  readonly commands: object[] = [];
  log = "";
  ledSinceMs: number | undefined = 0;
  readonly #oracle: Oracle;
  readonly #objects = new Map<string, Map<string, ClusterObject>>();
  readonly #instances = new Map<string, Instance>();
  readonly #truths = new Map<string, Truth>();
  #nowMs = 0;
  #version = 0;

  constructor(oracle: Oracle, plan: Partial<Plan> = {}) {
    this.#oracle = oracle;
    const world = {
      ec2: { fleet: { instances: () => [...this.#instances.values()] } },
      guests: {
        truth: (instanceID: string) => this.#truths.get(instanceID),
        domainTruth: () => ({ registrationOverlaps: this.overlaps }),
        commands: () => this.commands,
      },
      layout: { secrets: DEFAULT_SECRETS, domains: { domains: [{ dnsName: "corp.example.com" }] } },
    };
    this.scene = {
      plan: { ...QUIET_PLAN, ...plan },
      world: world as unknown as World,
      nowMs: () => this.#nowMs,
      wallMs: () => START_MS + this.#nowMs,
      objects: (plural) => [...(this.#objects.get(plural)?.values() ?? [])],
      ledSinceMs: () => this.ledSinceMs,
      logText: () => this.log,
    };
  }

  /** What the oracle says now that something has happened. */
  deed(deed: Deed): string | undefined {
    return this.#tell({ kind: "deed", deed });
  }

  life(what: Life): string | undefined {
    return this.#tell({ kind: "life", operator: "operator-a/1", what });
  }

  time(): string | undefined {
    return this.#tell({ kind: "time", actor: "cloud", what: "the world goes on" });
  }

  /** A write of the operator into the cluster; the test has made the change that it brings. */
  kube(about: string, status = 200): string | undefined {
    const call = { side: "kube", operator: "operator-a/1", site: `patch ${about}`, about, isWrite: true } as const;
    return this.#tell({ kind: "call", call, fate: { kind: "served" }, status, entries: [] });
  }

  cloud(
    action: string,
    facts: Readonly<Record<string, readonly string[]>>,
    { outcome = "ok" } = {},
  ): string | undefined {
    const service = action === "SendCommand" ? "ssm" : "ec2";
    const call = {
      side: "aws",
      operator: "operator-a/1",
      site: `${service}:${action}`,
      about: "",
      isWrite: true,
    } as const;
    const entry = {
      sequence: 1,
      requestID: "r",
      atMs: this.scene.wallMs(),
      service,
      action,
      accountID: "1",
      principalARN: "p",
      accessKeyID: "k",
      region: "r",
      facts,
      isDryRun: false,
      outcome,
      faults: [],
    };
    return this.#tell({ kind: "call", call, fate: { kind: "served" }, status: 200, entries: [entry] });
  }

  rest(): string | undefined {
    return this.#oracle.atRest?.(this.scene);
  }

  advance({ minutes }: { readonly minutes: number }): this {
    this.#nowMs += minutes * MINUTE_MS;
    return this;
  }

  /** RFC 3339, so many minutes from now. */
  instant(minutes = 0): string {
    return new Date(this.scene.wallMs() + minutes * MINUTE_MS).toISOString();
  }

  pool(spec: Fields = {}, change: { readonly metadata?: Fields; readonly status?: Fields } = {}): void {
    const plain = {
      replicas: 3,
      mode: "Enforce",
      deletionPolicy: "Delete",
      availability: {},
      rollout: { maxSurge: 1 },
    };
    const before = this.#objects.get(POOLS)?.get(POOL_UID);
    this.put(POOLS, {
      apiVersion: "cloudsync.dev/v1alpha1",
      kind: "CloudSyncAgentPool",
      metadata: { ...this.#metadata("tokyo", POOL_UID), ...before?.metadata, ...change.metadata },
      spec: { ...plain, ...before?.spec, ...spec },
      status: { ...before?.status, ...change.status },
    });
  }

  /** Makes the agent, or changes it. */
  agent(
    name: string,
    change: { readonly metadata?: Fields; readonly spec?: Fields; readonly status?: Fields } = {},
  ): void {
    const before = this.#objects.get(AGENTS)?.get(uidOf(name));
    const metadata = { ...this.#metadata(name, uidOf(name)), finalizers: [AGENT_FINALIZER] };
    this.put(AGENTS, {
      apiVersion: "cloudsync.dev/v1alpha1",
      kind: "CloudSyncAgent",
      metadata: { ...metadata, ...before?.metadata, ...change.metadata },
      spec: change.spec ?? before?.spec ?? { slot: Number(name.split("-")[1]), template: TEMPLATE },
      status: { ...before?.status, ...change.status },
    });
  }

  /** A stored launch, the host of it, and its id in the record. */
  launched(name: string, instanceID = hostOf(name)): void {
    const launch = { attempt: 1, subnetID: "subnet-0a", token: `token-${name}` };
    this.agent(name, { status: { launch, instanceID } });
    this.host(instanceID, { agent: name });
  }

  host(instanceID: string, { agent, tags = {}, token }: { agent: string; tags?: Fields; token?: string }): Instance {
    const instance = {
      instanceID,
      state: "running",
      launchedAtMs: this.scene.wallMs(),
      visibleAtMs: this.scene.wallMs(),
      launchedAs: { clientToken: token ?? `token-${agent}`, subnetID: "subnet-0a" },
      tags: { ...tagsOf(agent), ...tags },
      tagVersions: [],
    } as unknown as Instance;
    this.#instances.set(instanceID, instance);
    this.#truths.set(instanceID, SERVING);
    return instance;
  }

  /** Each with a host that serves, and Ready since now. */
  fleet(...names: readonly string[]): void {
    this.pool();
    for (const name of names) {
      this.launched(name);
      this.ready(name);
    }
  }

  ready(name: string, status = "True", observedGeneration = 1): void {
    this.conditions(name, { Ready: { status, reason: "Any", observedGeneration } });
  }

  conditions(name: string, conditions: Readonly<Record<string, Fields>>): void {
    const list = Object.entries(conditions).map(([type, condition]) => ({ type, message: "", ...condition }));
    this.agent(name, { status: { conditions: list } });
  }

  state(instanceID: string, state: Instance["state"]): void {
    const instance = this.#instances.get(instanceID);
    if (instance !== undefined) instance.state = state;
  }

  retag(instanceID: string, tags: Readonly<Record<string, string>>): void {
    const instance = this.#instances.get(instanceID);
    if (instance !== undefined) instance.tags = tags;
  }

  truth(instanceID: string, change: Truth): void {
    this.#truths.set(instanceID, { ...SERVING, ...change });
  }

  put(plural: string, object: Omit<ClusterObject, "metadata"> & { readonly metadata: Fields }): void {
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    const stored = { ...object, metadata } as unknown as ClusterObject;
    const table = this.#objects.get(plural) ?? new Map<string, ClusterObject>();
    this.#objects.set(plural, table.set(stored.metadata.uid, stored));
  }

  removeAgent(name: string): void {
    this.#objects.get(AGENTS)?.delete(uidOf(name));
  }

  removePool(): void {
    this.#objects.get(POOLS)?.delete(POOL_UID);
  }

  #metadata(name: string, uid: string): Fields {
    return { name, namespace: NAMESPACE, uid, generation: 1, creationTimestamp: this.instant() };
  }

  #tell(happening: Happening): string | undefined {
    return this.#oracle.after(happening, this.scene);
  }
}

export function uidOf(agent: string): string {
  return `uid-${agent}`;
}

export function hostOf(agent: string): string {
  return `i-${agent}`;
}

export function tagsOf(agent: string): Readonly<Record<string, string>> {
  return {
    [OWNER_TAG]: OWNER_ID,
    [NAMESPACE_TAG]: NAMESPACE,
    [POOL_TAG]: "tokyo",
    [POOL_UID_TAG]: POOL_UID,
    [AGENT_UID_TAG]: uidOf(agent),
    [ATTEMPT_TAG]: "1",
  };
}

export const TEMPLATE = {
  owner: { poolUID: POOL_UID, poolName: "tokyo", namespace: NAMESPACE },
  tenant: { name: "contoso", tenantID: "tenant-1" },
  domain: { name: "corp", dnsName: "corp.example.com", gmsa: { name: "gmsa$" } },
  agent: { registration: { mode: "Credential" } },
  health: { evidenceMaxAge: "15m", probeInterval: "5m" },
  timeouts: { online: "20m", registration: "24h" },
};
