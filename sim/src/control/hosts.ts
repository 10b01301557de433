/**
 * What a person at the control desk sees of hosts and does to them: the truth, not what lagging APIs show.
 * Guarantees: an action on a host that cannot take it is refused with a sentence; nothing here asks permissions or protection.
 */
import { instanceCheck } from "../ec2/describe.ts";
import { INTERNAL_ERROR, USER_SHUTDOWN } from "../ec2/fleet.ts";
import type { Instance } from "../ec2/instance.ts";
import type { World } from "../world.ts";

/** A refusal for the person at the desk, with the HTTP status it travels under. */
export class ControlRefusal extends Error {
  override readonly name = "ControlRefusal";
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

export interface HostView {
  readonly instanceID: string;
  readonly name: string;
  readonly state: string;
  readonly stateReason: string;
  readonly statusCheck: string;
  readonly isFrozen: boolean;
  readonly isTerminationProtected: boolean;
  readonly accountID: string;
  readonly availabilityZone: string;
  readonly subnetID: string;
  readonly instanceType: string;
  readonly imageID: string;
  readonly privateIPAddress: string;
  readonly launchedAt: string;
  readonly terminatedAt: string | null;
  readonly clientToken: string | null;
  readonly isRootEncrypted: boolean;
  readonly hasPublicAddress: boolean;
  readonly httpTokens: string;
  /** True tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** The inside of the host as its own record says; null when there is nothing inside (any more). */
  readonly truth: Readonly<Record<string, unknown>> | null;
}

export function hostView(world: World, instance: Instance): HostView {
  const { launchedAs } = instance;
  return {
    instanceID: instance.instanceID,
    name: nameOf(instance),
    state: instance.state,
    stateReason: instance.stateReason?.message ?? "",
    statusCheck: instanceCheck(world.ec2, instance),
    isFrozen: instance.impairedAtMs !== undefined,
    isTerminationProtected: instance.isTerminationProtected,
    accountID: launchedAs.accountID,
    availabilityZone: launchedAs.availabilityZone,
    subnetID: launchedAs.subnetID,
    instanceType: launchedAs.instanceType,
    imageID: launchedAs.imageID,
    privateIPAddress: instance.privateIPAddress,
    launchedAt: new Date(instance.launchedAtMs).toISOString(),
    terminatedAt: instance.terminatedAtMs === undefined ? null : new Date(instance.terminatedAtMs).toISOString(),
    clientToken: launchedAs.clientToken ?? null,
    isRootEncrypted: launchedAs.volumes.every(({ isEncrypted }) => isEncrypted),
    hasPublicAddress: launchedAs.hasPublicAddress,
    httpTokens: launchedAs.metadataOptions.httpTokens,
    tags: instance.tags,
    truth: world.guests.truth(instance.instanceID) ?? null,
  };
}

export function hostViews(world: World): readonly HostView[] {
  return world.ec2.fleet.instances().map((instance) => hostView(world, instance));
}

/** Names in the order in which people give them: the agent's tag, then Name. */
function nameOf({ tags }: Instance): string {
  return tags["cloudsync.dev/agent"] ?? tags["Name"] ?? "";
}

/** By instance id, or by name among the live ones. @throws ControlRefusal when there is none, or more than one */
export function findHost(world: World, idOrName: string): Instance {
  const { fleet } = world.ec2;
  const byID = fleet.instance(idOrName);
  if (byID !== undefined) return byID;
  const named = fleet
    .instances()
    .filter((instance) => instance.state !== "terminated" && nameOf(instance) === idOrName);
  const [only, second] = named;
  if (only === undefined) throw new ControlRefusal(404, `no host has the id or name ${idOrName}`);
  if (second === undefined) return only;
  throw new ControlRefusal(
    409,
    `${idOrName} is the name of ${named.map(({ instanceID }) => instanceID).join(", ")}: give the id`,
  );
}

export type HostAction = (world: World, instance: Instance) => void;

export const HOST_ACTIONS: ReadonlyMap<string, HostAction> = new Map<string, HostAction>([
  ["kill", ({ ec2 }, instance) => ec2.fleet.terminate(live(instance), INTERNAL_ERROR, "crash")],
  ["terminate", terminateFromConsole],
  ["stop", ({ ec2 }, instance) => ec2.fleet.stop(live(instance))],
  ["start", ({ ec2 }, instance) => ec2.fleet.start(inState(instance, "stopped"))],
  ["reboot", ({ ec2 }, instance) => ec2.fleet.reboot(inState(instance, "running"))],
  ["freeze", freeze],
  ["thaw", thaw],
  ["register", finishRegistration],
]);

/** As a person does it in the console: the protection is unticked first. */
function terminateFromConsole({ ec2 }: World, instance: Instance): void {
  live(instance).isTerminationProtected = false;
  ec2.fleet.terminate(instance, USER_SHUTDOWN);
}

function freeze({ clock, guests }: World, instance: Instance): void {
  inState(instance, "running").impairedAtMs ??= clock.nowMs();
  guests.freeze(instance.instanceID);
}

function thaw({ guests }: World, instance: Instance): void {
  inState(instance, "running").impairedAtMs = undefined;
  guests.thaw(instance.instanceID);
}

function finishRegistration({ guests }: World, instance: Instance): void {
  try {
    guests.finishRegistration(inState(instance, "running").instanceID);
  } catch (error) {
    if (error instanceof ControlRefusal) throw error;
    throw new ControlRefusal(409, error instanceof Error ? error.message : String(error));
  }
}

function live(instance: Instance): Instance {
  if (instance.state !== "terminated" && instance.state !== "shutting-down") return instance;
  throw new ControlRefusal(409, `${instance.instanceID} is already ${instance.state}`);
}

function inState(instance: Instance, state: Instance["state"]): Instance {
  if (instance.state === state) return instance;
  throw new ControlRefusal(409, `${instance.instanceID} is ${instance.state}, not ${state}`);
}
