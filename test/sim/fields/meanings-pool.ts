/** What each field of a pool means for the world. A field without a row fails the test of coverage. */
import { profileARNOf } from "../../../sim/src/ec2/instance.ts";
import { choice, conduct, hosts, nothing, poolSpec, refusal, sorted, template, told, type Meaning } from "./meaning.ts";
import { at, type SeenFleet, type SeenHost } from "./seen.ts";

const isSet =
  (path: string) =>
  ({ pool }: SeenFleet): boolean =>
    at(pool.spec, path) !== undefined;
const isOther =
  (path: string, served: string) =>
  ({ pool }: SeenFleet): boolean =>
    at(pool.spec, path) !== served;
const hasItems =
  (path: string) =>
  ({ pool }: SeenFleet): boolean =>
    ((at(pool.spec, path) ?? []) as readonly unknown[]).length > 0;

const launched =
  (path: string) =>
  (_: SeenFleet, { instance }: SeenHost): unknown =>
    at(instance.launchedAs, path);

/** Hosts stand in the subnets that the pool names or selects. */
const inSubnets: Meaning = {
  shows: "hosts",
  differs({ pool, world }, { instance }) {
    const { subnetID } = instance.launchedAs;
    const named = at(pool.spec, "aws.subnetIDs") as readonly string[] | undefined;
    const tags = (at(pool.spec, "aws.subnetSelector.tags") ?? {}) as Readonly<Record<string, string>>;
    const subnet = world.layout.network.subnets.find((candidate) => candidate.subnetID === subnetID);
    const isSelected = Object.entries(tags).every(([key, value]) => subnet?.tags?.[key] === value);
    if (named === undefined ? isSelected : named.includes(subnetID)) return undefined;
    return `${instance.tags["cloudsync.dev/agent"] ?? ""} stands in ${subnetID}, which the pool does not name`;
  },
};

/** As many hosts as wanted, each with a record of its own. */
const replicas: Meaning = {
  shows: "fleet",
  differs({ pool, hosts: live }) {
    const wanted = at(pool.spec, "replicas");
    const owners = new Set(live.map(({ agent }) => agent?.metadata.uid));
    if (live.length === wanted && owners.size === wanted && !owners.has(undefined)) return undefined;
    return `${live.length} live hosts of ${owners.size} agents, wanted are ${String(wanted)}`;
  },
};

const isOperators = (key: string): boolean => key.startsWith("cloudsync.dev/") || key === "Name";

const image: Meaning = hosts(({ pool, world }) => {
  const parameter = at(pool.spec, "aws.image.ssmParameter") as string | undefined;
  return parameter === undefined ? at(pool.spec, "aws.image.id") : world.layout.images.publicParameters[parameter];
}, launched("imageID"));

const STEP_TIME = conduct("a bound on a step; a host at rest has none under way");
const WATCH = conduct("how soon trouble is noticed; a fleet without trouble has none");
const REMEDY = nothing("a host is replaced only when EC2 says that it is gone: the ladder is not part of this version");

export const POOL_MEANINGS: Readonly<Record<string, Meaning>> = {
  "spec.mode": conduct("Observe withholds writes; what stands stays"),
  "spec.deletionPolicy": conduct("what becomes of hosts when the pool goes"),
  "spec.replicas": replicas,
  "spec.tenantRef.name": choice,
  "spec.tenantRef.namespace": choice,
  "spec.domainRef.name": choice,
  "spec.domainRef.namespace": choice,
  "spec.additionalDomainRefs": refusal(hasItems("additionalDomainRefs")),
  "spec.aws.region": choice,
  "spec.aws.serviceAccountRef.name": conduct("which identity asks AWS"),
  "spec.aws.assumeRole.roleARN": choice,
  "spec.aws.subnetIDs": inSubnets,
  "spec.aws.subnetSelector.tags": inSubnets,
  "spec.aws.securityGroupIDs": hosts(sorted(poolSpec("aws.securityGroupIDs")), (_, { instance }) =>
    instance.launchedAs.securityGroups.map(({ groupID }) => groupID).sort(),
  ),
  "spec.aws.instanceProfile": hosts(
    ({ pool }) => String(at(pool.spec, "aws.instanceProfile")).split("/").at(-1),
    (_, { instance }) => profileARNOf(instance)?.split("/").at(-1),
  ),
  // A host at rest carries it no more.
  "spec.aws.bootstrapInstanceProfile": told(
    poolSpec("aws.bootstrapInstanceProfile"),
    template("aws.bootstrapInstanceProfile"),
  ),
  // The first is what this version launches; falling back to the next is not part of it.
  "spec.aws.instanceTypes": hosts(poolSpec("aws.instanceTypes.0"), launched("instanceType")),
  "spec.aws.image.ssmParameter": image,
  "spec.aws.image.id": image,
  "spec.aws.image.policy": refusal(isOther("aws.image.policy", "Pin")),
  "spec.aws.rootVolume.sizeGiB": hosts(poolSpec("aws.rootVolume.sizeGiB"), launched("volumes.0.sizeGiB")),
  "spec.aws.rootVolume.kmsKeyID": hosts(poolSpec("aws.rootVolume.kmsKeyID"), launched("volumes.0.kmsKeyID")),
  "spec.aws.tags": hosts(poolSpec("aws.tags"), (_, { instance }) =>
    Object.fromEntries(Object.entries(instance.tags).filter(([key]) => !isOperators(key))),
  ),
  "spec.placement.policy": refusal(isOther("placement.policy", "Strict")),
  "spec.agent.kind": choice,
  "spec.agent.installer.name": told(poolSpec("agent.installer.name"), template("agent.installer.name")),
  "spec.agent.minimumVersion": {
    shows: "hosts",
    differs({ pool }, { instance, truth }) {
      const floor = at(pool.spec, "agent.minimumVersion") as string | undefined;
      const version = truth?.installedVersion ?? "0";
      if (floor === undefined || version.localeCompare(floor, "en", { numeric: true }) >= 0) return undefined;
      return `${instance.tags["cloudsync.dev/agent"] ?? ""} runs ${version}, declared is at least ${floor}`;
    },
  },
  "spec.agent.registration.mode": told(poolSpec("agent.registration.mode"), template("agent.registration.mode")),
  "spec.agent.registration.secretARN": told(
    poolSpec("agent.registration.secretARN"),
    template("agent.registration.secretARN"),
  ),
  "spec.agent.proxy.url": told(poolSpec("agent.proxy.url"), template("agent.proxyURL")),
  "spec.availability.minHealthy": conduct("a floor under what the operator takes away"),
  "spec.rollout.maxSurge": conduct("room while a host is replaced"),
  "spec.rollout.gateRef.name": refusal(isSet("rollout.gateRef")),
  "spec.rollout.gateTimeout": refusal(isSet("rollout.gateTimeout")),
  "spec.rollout.maintenanceWindows": refusal(hasItems("rollout.maintenanceWindows")),
  "spec.remediation.unhealthyAfter": REMEDY,
  "spec.remediation.upTo": REMEDY,
  "spec.remediation.maxReplacementsPerDay": REMEDY,
  "spec.remediation.correlationWindow": REMEDY,
  "spec.health.probeInterval": WATCH,
  "spec.health.evidenceMaxAge": WATCH,
  "spec.timeouts.online": STEP_TIME,
  "spec.timeouts.preflight": STEP_TIME,
  "spec.timeouts.join": STEP_TIME,
  "spec.timeouts.install": STEP_TIME,
  "spec.timeouts.registration": STEP_TIME,
  "spec.timeouts.configure": STEP_TIME,
  "spec.timeouts.drain": STEP_TIME,
  "spec.timeouts.credentialExpiry": conduct("how long credentials of the bootstrap profile are waited out"),
  "spec.adopt": refusal(hasItems("adopt")),
};
