/**
 * Many small fleets in one stack, for the tests of this folder: each namespace has a domain of its own.
 * Guarantees: fleets of different namespaces never wait for each other's registration slot; waits show what stood there instead;
 * what is asserted of AWS comes from the world's own record (true tags, true states, its log of calls), never from status.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { CallLogEntry } from "../../../sim/src/core/call-log.ts";
import { PROVISIONED_DOMAINS } from "../../../sim/src/layout/domains.ts";
import { eventually } from "../../support/eventually.ts";
import { kubectlOk } from "../../support/kubectl.ts";
import { conditionOf, type StackKind, type StackObject } from "../../support/stack-api.ts";
import {
  DOMAIN,
  exampleFleet,
  merged,
  POOL,
  TENANT,
  type Change,
  type Manifest,
} from "../../support/stack-manifests.ts";
import { startStack, type Stack, type StackOptions } from "../../support/stack.ts";
import { isLive, worldHosts, type WorldHost } from "../../support/truth.ts";

/** Generous: the machine may be shared; nothing waits that long when all is well. */
export const PATIENCE_MS = 90_000;
/** For the first fleets of a file, which start together. */
export const SETUP_MS = 180_000;
/** For `beforeAll` and tests, which hold several waits. */
export const TEST_MS = 240_000;

export interface FleetsOptions extends StackOptions {
  /** Sections of the world's layout that replace those of the default one. */
  readonly layout?: Readonly<Record<string, unknown>>;
}

/** These tests are not about the lease: a machine too busy to renew it for seconds must not end the operator. */
const PATIENT_LEASE = ["--lease-duration=12s", "--lease-renew-deadline=10s", "--lease-retry-period=300ms"];

/** A stack whose world knows a domain for each namespace. The operator is not started yet. */
export async function startFleets({ layout, ...options }: FleetsOptions): Promise<Stack> {
  const directory = mkdtempSync(join(tmpdir(), "cloudsync-layout-"));
  try {
    const layoutFile = join(directory, "layout.yaml");
    writeFileSync(layoutFile, stringify({ domains: domains(options.namespaces ?? 1), ...layout }));
    return await startStack({
      ...options,
      flags: [...PATIENT_LEASE, ...(options.flags ?? [])],
      world: { ...options.world, layoutFile },
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const EXAMPLE_BASE = "DC=corp,DC=example,DC=com";
const EXAMPLE_DNS_NAME = "corp.example.com";

/** The DNS name of the domain that belongs to the namespace of this number. */
export function dnsNameOf(index: number): string {
  return `d${index}.example.com`;
}

/** Everything of `value` that names the example domain, renamed to the domain of a namespace. */
function renamed<T>(value: T, index: number): T {
  const text = JSON.stringify(value)
    .replaceAll(EXAMPLE_BASE, `DC=d${index},DC=example,DC=com`)
    .replaceAll(EXAMPLE_DNS_NAME, dnsNameOf(index));
  return JSON.parse(text) as T;
}

function domains(count: number): object {
  const [model] = PROVISIONED_DOMAINS.domains;
  if (model === undefined) throw new Error("the default world has no domain");
  const own = Array.from({ length: count }, (_, index) => ({ ...renamed(model, index), netBIOSName: `D${index}` }));
  return { domains: [model, ...own] };
}

export interface FleetChange {
  readonly pool?: Change;
  readonly domain?: Change;
  readonly tenant?: Change;
  /** The domain of the namespace of that number instead of its own: as a copy of its objects has it. */
  readonly domainIndex?: number;
  /** Names of its pools; default: the one of the examples. */
  readonly pools?: readonly string[];
}

/** Tenant, domain and pools of one agent each, for the namespace of this number. */
export function fleetOf(stack: Stack, index: number, change: FleetChange = {}): readonly Manifest[] {
  const namespace = stack.namespaces[index] ?? "";
  const domainIndex = change.domainIndex ?? index;
  const defaults: Readonly<Record<string, Change>> = {
    ADDomain: { spec: { netBIOSName: `D${domainIndex}` } },
    CloudSyncAgentPool: { spec: { replicas: 1 } },
  };
  const changes: Readonly<Record<string, Change | undefined>> = {
    ADDomain: change.domain,
    EntraTenant: change.tenant,
    CloudSyncAgentPool: change.pool,
  };
  return exampleFleet(namespace)
    .map((manifest) => merged(renamed(manifest, domainIndex), defaults[manifest.kind] ?? {}))
    .map((manifest) => merged(manifest, changes[manifest.kind] ?? {}))
    .flatMap((manifest) =>
      manifest.kind === "CloudSyncAgentPool"
        ? (change.pools ?? [POOL]).map((name) => merged(manifest, { metadata: { name } }))
        : [manifest],
    );
}

export function ofKind(manifests: readonly Manifest[], kind: string): readonly Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

/** An object by kind, namespace and name; the names of the examples are the default. */
export type Place = readonly [kind: StackKind, namespace: string, name?: string];

const NAMES: Partial<Record<StackKind, string>> = { pools: POOL, domains: DOMAIN, tenants: TENANT };

export function read(
  stack: Stack,
  [kind, namespace, name = NAMES[kind] ?? ""]: Place,
): Promise<StackObject | undefined> {
  return stack.api.get(kind, namespace, name);
}

/** "True/Ready": status and reason of a condition, or "absent". */
export function conditionText(object: StackObject | undefined, type: string): string {
  const found = conditionOf(object, type);
  return found === undefined ? "absent" : `${found.status}/${found.reason}`;
}

/** Waits until each condition reads as wanted: "True", or with its reason "False/PoolPaused". */
export async function until(
  stack: Stack,
  place: Place,
  wanted: Readonly<Record<string, string>>,
  timeoutMs = PATIENCE_MS,
): Promise<StackObject> {
  const types = Object.keys(wanted);
  let object: StackObject | undefined;
  await eventually(
    `${place.join(" ")} has ${JSON.stringify(wanted)}`,
    async () => {
      object = await read(stack, place);
      return types.map((type) => [type, conditionText(object, type), conditionOf(object, type)?.message]);
    },
    () => types.every((type) => `${conditionText(object, type)}/`.startsWith(`${wanted[type] ?? ""}/`)),
    { timeoutMs, intervalMs: 150 },
  );
  if (object === undefined) throw new Error("a wait ended without an object");
  return object;
}

export async function untilGone(stack: Stack, place: Place): Promise<void> {
  await eventually(
    `${place.join(" ")} is gone`,
    async () => {
      const object = await read(stack, place);
      return object && { metadata: object.metadata, conditions: object.status?.conditions };
    },
    (object) => object === undefined,
    { timeoutMs: PATIENCE_MS, intervalMs: 150 },
  );
}

/** Waits until the pool is Ready and returns those of its agents that stay. */
export async function untilPoolReady(stack: Stack, namespace: string, pool = POOL): Promise<readonly StackObject[]> {
  await until(stack, ["pools", namespace, pool], { Ready: "True" }, SETUP_MS);
  return stayingAgents(stack, namespace, pool);
}

export async function stayingAgents(stack: Stack, namespace: string, pool = POOL): Promise<readonly StackObject[]> {
  const agents = await agentsOf(stack, namespace, pool);
  return agents.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export async function agentsOf(stack: Stack, namespace: string, pool = POOL): Promise<readonly StackObject[]> {
  const agents = await stack.agents(namespace);
  return agents.filter(({ spec }) => (spec["poolRef"] as { name: string }).name === pool);
}

/** The instance of an agent that has one. */
export function instanceOf(agent: StackObject | undefined): string {
  const instanceID = agent?.status?.instanceID;
  if (instanceID === undefined) throw new Error(`${agent?.metadata.name ?? "no agent"} has no instance`);
  return instanceID;
}

/** All hosts ever launched for a namespace, by their true tags. */
export async function hostsOf(stack: Stack, namespace: string): Promise<readonly WorldHost[]> {
  return (await worldHosts(stack)).filter(({ tags }) => tags["cloudsync.dev/namespace"] === namespace);
}

export async function liveHostsOf(stack: Stack, namespace: string): Promise<readonly WorldHost[]> {
  return (await hostsOf(stack, namespace)).filter(isLive);
}

export async function hostState(stack: Stack, instanceID: string): Promise<string> {
  return (await worldHosts(stack)).find((host) => host.instanceID === instanceID)?.state ?? "unknown to the world";
}

export async function untilHostState(stack: Stack, instanceID: string, state: string): Promise<void> {
  await eventually(
    `${instanceID} is ${state}`,
    () => hostState(stack, instanceID),
    (found) => found === state,
    { timeoutMs: PATIENCE_MS, intervalMs: 150 },
  );
}

/** A person's hand on a host: kill, stop, register, ... */
export async function hostAction(stack: Stack, instanceID: string, action: string): Promise<void> {
  await stack.world.control.ask("POST", `/hosts/${instanceID}/${action}`);
}

/** A place in the world's log of calls. */
export async function mark(stack: Stack): Promise<number> {
  const { lastSequence } = (await stack.world.control.ask("GET", "/counts")) as { lastSequence: number };
  return lastSequence;
}

export async function callsSince(stack: Stack, since: number, action?: string): Promise<readonly CallLogEntry[]> {
  const query = action === undefined ? "" : `&action=${action}`;
  return (await stack.world.control.ask("GET", `/log?since=${since}&limit=50000${query}`)) as readonly CallLogEntry[];
}

/** Ids named by the TerminateInstances calls after a mark, refused ones included. */
export async function terminatedSince(stack: Stack, since: number): Promise<readonly string[]> {
  const calls = await callsSince(stack, since, "TerminateInstances");
  return calls.flatMap(({ facts }) => facts.instanceID ?? []);
}

/** Runs kubectl as a person; what it refuses is thrown. Verbs that wait may do so as long as everything else here. */
export function kubectl(stack: Stack, ...args: readonly string[]): Promise<string> {
  return kubectlOk(stack.controlPlane, args, { timeoutMs: PATIENCE_MS + 10_000 });
}

/**
 * The assertion of an absence: real time passes, in which the operator lists EC2 several times and visits every object.
 * There is no event to wait for when nothing may happen.
 */
export function quietTime(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
