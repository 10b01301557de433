/** What a fleet is at one moment, as field meanings look at it: specs as stored, live hosts as the world truly has them. */
import type { Instance } from "../../../sim/src/ec2/instance.ts";
import type { HostTruth } from "../../../sim/src/hosts/truth.ts";
import type { World } from "../../../sim/src/world.ts";
import type { ClusterObject } from "../run/person.ts";
import type { Scene } from "../run/scene.ts";

export interface SeenHost {
  readonly instance: Instance;
  readonly truth: HostTruth | undefined;
  /** The record that owns it, by the tag of its UID. */
  readonly agent: ClusterObject | undefined;
}

export interface SeenFleet {
  readonly pool: ClusterObject;
  readonly domain: ClusterObject;
  readonly tenant: ClusterObject;
  readonly agents: readonly ClusterObject[];
  readonly hosts: readonly SeenHost[];
  readonly world: World;
}

export function seenFleet(scene: Scene): SeenFleet {
  const only = (plural: string): ClusterObject => {
    const [object] = scene.objects(plural);
    if (object === undefined) throw new Error(`the run has no ${plural}`);
    return object;
  };
  const agents = scene.objects("cloudsyncagents");
  const { ec2, guests } = scene.world;
  return {
    pool: only("cloudsyncagentpools"),
    domain: only("addomains"),
    tenant: only("entratenants"),
    agents,
    world: scene.world,
    hosts: ec2.fleet
      .instances()
      .filter(({ state }) => state !== "terminated" && state !== "shutting-down")
      .map((instance) => ({
        instance,
        truth: guests.truth(instance.instanceID),
        agent: agents.find(({ metadata }) => metadata.uid === instance.tags["cloudsync.dev/agent-uid"]),
      })),
  };
}

/** The member at a path with dots, below an object; `undefined` when it is not there. */
export function at(object: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (inside, name) =>
        typeof inside === "object" && inside !== null ? (inside as Readonly<Record<string, unknown>>)[name] : undefined,
      object,
    );
}

/** JSON with sorted members: equal values are equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}
