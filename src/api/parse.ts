/**
 * The edge: an object of the API server becomes a typed value, or sentences that say what is wrong with it.
 * Guarantees: defaults are applied, members of newer schemas are dropped, an enum word that is not known here becomes "Unknown" where the type allows.
 * Never: throws on bad input, changes its argument.
 */
import type { z } from "zod";
import type { KubeObject } from "../kube/port.ts";
import { adDomainDefinition, type ADDomain } from "./ad-domain.ts";
import { cloudSyncAgentDefinition, type CloudSyncAgent } from "./cloud-sync-agent.ts";
import { cloudSyncAgentPoolDefinition, type CloudSyncAgentPool } from "./cloud-sync-agent-pool.ts";
import type { KindDefinition } from "./definition.ts";
import { entraTenantDefinition, type EntraTenant } from "./entra-tenant.ts";
import { groupScopeDefinition, type GroupScope } from "./group-scope.ts";
import { provisioningTestDefinition, type ProvisioningTest } from "./provisioning-test.ts";
import { syncConfigurationDefinition, type SyncConfiguration } from "./sync-configuration.ts";

export type Parsed<T> =
  { readonly kind: "parsed"; readonly object: T } | { readonly kind: "invalid"; readonly problems: readonly string[] };

/** More would not fit a condition. */
const PROBLEMS_MAX = 10;

export const parseTenant = parserOf<EntraTenant>(entraTenantDefinition);
export const parseDomain = parserOf<ADDomain>(adDomainDefinition);
export const parsePool = parserOf<CloudSyncAgentPool>(cloudSyncAgentPoolDefinition);
export const parseAgent = parserOf<CloudSyncAgent>(cloudSyncAgentDefinition);
export const parseConfiguration = parserOf<SyncConfiguration>(syncConfigurationDefinition);
export const parseGroupScope = parserOf<GroupScope>(groupScopeDefinition);
export const parseProvisioningTest = parserOf<ProvisioningTest>(provisioningTestDefinition);

/** A frozen object (what caches hand out) is parsed once, however many passes read it; the memory ends with the object. */
function parserOf<T extends KubeObject>(definition: KindDefinition): (object: unknown) => Parsed<T> {
  const parsedBefore = new WeakMap<object, Parsed<T>>();
  return (object) => {
    const isReusable = typeof object === "object" && object !== null && Object.isFrozen(object);
    if (!isReusable) return parseAs<T>(definition, object);
    const known = parsedBefore.get(object) ?? parseAs<T>(definition, object);
    parsedBefore.set(object, known);
    return known;
  };
}

function parseAs<T extends KubeObject>(definition: KindDefinition, object: unknown): Parsed<T> {
  if (!isKubeObject(object)) return { kind: "invalid", problems: ["the object has no apiVersion, kind or metadata"] };
  const { kind } = definition.resource;
  if (object.kind !== kind) return { kind: "invalid", problems: [`the object is a ${object.kind}, not a ${kind}`] };
  const spec = parsePart(definition.spec, object.spec, "spec");
  const status = parsePart(definition.status, object.status ?? {}, "status");
  const problems = [...spec.problems, ...status.problems];
  if (problems.length > 0) return { kind: "invalid", problems: problems.slice(0, PROBLEMS_MAX) };
  const { apiVersion, metadata } = object;
  // The schemas of the definition are those from which T is inferred.
  const parsed = { apiVersion, kind, metadata, spec: spec.value, status: status.value } as unknown as T;
  return { kind: "parsed", object: parsed };
}

interface Part {
  readonly value: unknown;
  readonly problems: readonly string[];
}

function parsePart(schema: z.ZodType, value: unknown, path: string): Part {
  const first = schema.safeParse(value);
  if (first.success) return { value: first.data, problems: [] };
  const unknownWords = first.error.issues.filter(isUnknownWord);
  if (unknownWords.length === 0) return failed(first.error, path);
  const second = schema.safeParse(withUnknown(value, unknownWords));
  return second.success ? { value: second.data, problems: [] } : failed(second.error, path);
}

function failed(error: z.ZodError, path: string): Part {
  const problems = error.issues.map((issue) => `${[path, ...issue.path.map(String)].join(".")}: ${issue.message}`);
  return { value: undefined, problems };
}

function isUnknownWord(issue: z.core.$ZodIssue): boolean {
  return issue.code === "invalid_value" && issue.values.includes("Unknown");
}

/** A copy in which the words at these places read "Unknown". */
function withUnknown(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const { path } of issues) {
    const parent = path.slice(0, -1).reduce<unknown>((at, key) => (isRecord(at) ? at[String(key)] : undefined), copy);
    const last = path.at(-1);
    // Only a string is an unknown word; a number or an object there stays an error.
    if (isRecord(parent) && last !== undefined && typeof parent[String(last)] === "string")
      parent[String(last)] = "Unknown";
  }
  return copy;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isKubeObject(value: unknown): value is KubeObject & { readonly spec?: unknown; readonly status?: unknown } {
  return (
    isRecord(value) &&
    typeof value.apiVersion === "string" &&
    typeof value.kind === "string" &&
    isRecord(value.metadata) &&
    typeof value.metadata.name === "string"
  );
}
