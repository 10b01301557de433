/**
 * What is there at the end of a run, without what may differ between two good runs: times, ids, versions.
 * Guarantees: two runs of the same life have equal end states, whatever crashed on the way.
 */
import { entraEndOf, type EntraEnd } from "./entra-end.ts";
import type { ClusterObject } from "./person.ts";
import type { Scene } from "./scene.ts";

export interface EndState {
  /** `kind/name` to spec, finalizers, and conditions as `type=status/reason`. */
  readonly cluster: Readonly<Record<string, unknown>>;
  /** Live hosts as `agent name in zone: state`. */
  readonly hosts: readonly string[];
  readonly launches: number;
  readonly terminations: number;
  readonly entra: EntraEnd;
}

const KINDS = [
  "entratenants",
  "addomains",
  "cloudsyncagentpools",
  "cloudsyncagents",
  "syncconfigurations",
  "groupscopes",
  "provisioningtests",
];

export function endStateOf(scene: Scene): EndState {
  const instances = scene.world.ec2.fleet.instances();
  const live = instances.filter(({ state }) => state !== "terminated");
  return {
    cluster: Object.fromEntries(
      KINDS.flatMap((plural) => scene.objects(plural))
        .map((object) => [`${object.kind}/${object.metadata.name}`, facts(object)] as const)
        .sort(([left], [right]) => (left < right ? -1 : 1)),
    ),
    hosts: live
      .map(
        ({ tags, launchedAs, state }) =>
          `${tags["cloudsync.dev/agent"] ?? "?"} in ${launchedAs.availabilityZone}: ${state}`,
      )
      .sort(),
    launches: instances.length,
    terminations: instances.length - live.length,
    entra: entraEndOf(scene.world),
  };
}

function facts({ spec, status, metadata }: ClusterObject): unknown {
  const conditions = (status?.["conditions"] ?? []) as readonly { type: string; status: string; reason: string }[];
  return {
    spec: withoutUIDs(spec),
    finalizers: metadata.finalizers ?? [],
    isDeleting: metadata.deletionTimestamp !== undefined,
    conditions: conditions.map(({ type, status: is, reason }) => `${type}=${is}/${reason}`).sort(),
  };
}

/** Drawn anew in each run. */
function withoutUIDs(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null).replaceAll(UID, "uid"));
}

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}/g;
