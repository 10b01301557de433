/**
 * One simulated world: the parts put together, still without sockets.
 * Guarantees: the same layout, seed, clock and requests give the same world; nothing outside this object is shared between two worlds.
 */
import { TokenBuckets } from "./core/buckets.ts";
import type { ApiCall, OperationTable } from "./core/call.ts";
import { CallLog } from "./core/call-log.ts";
import type { WorldClock } from "./core/clock.ts";
import { realClock, seededDice } from "./core/clock.ts";
import type { DelayPreset } from "./core/delays.ts";
import { DelayTable } from "./core/delays.ts";
import { callFacts } from "./core/facts.ts";
import type { Facts } from "./core/faults.ts";
import { FaultTable } from "./core/faults.ts";
import { gateway } from "./core/gateway.ts";
import { text } from "./core/input.ts";
import type { GuestControl } from "./core/machine.ts";
import type { GuestsMaker } from "./core/guests.ts";
import { DIRECTORY_DELAYS } from "./ds/delays.ts";
import { Directories } from "./ds/directories.ts";
import { directoryOperations } from "./ds/operations.ts";
import { EC2_DELAYS } from "./ec2/delays.ts";
import { Fleet } from "./ec2/fleet.ts";
import { ec2Operations } from "./ec2/operations.ts";
import type { EC2Parts } from "./ec2/parts.ts";
import { Resources } from "./ec2/resources.ts";
import { instanceOfAssociation } from "./ec2/profiles.ts";
import { LaunchTokens } from "./ec2/tokens.ts";
import type { GraphContract } from "./graph/contract/contract.ts";
import { GRAPH_DELAYS } from "./graph/delays.ts";
import type { GraphWorld } from "./graph/graph.ts";
import { graphWorld } from "./graph/graph.ts";
import type { GraphRequest } from "./graph/wire.ts";
import type { HostControl } from "./hosts/guests.ts";
import { WINDOWS_GUESTS } from "./hosts/guests.ts";
import { front } from "./http/front.ts";
import type { WireOutcome, WireRequest } from "./http/wire.ts";
import { authorise } from "./iam/authorise.ts";
import { resourceFacts } from "./iam/facts.ts";
import { Identities } from "./iam/identities.ts";
import { DEFAULT_LAYOUT } from "./layout/default.ts";
import type { WorldLayout } from "./layout/layout.ts";
import { stsOperations } from "./sts/operations.ts";
import { SYNCHRONIZATION_DELAYS } from "./synchronization/delays.ts";
import { synchronizationOperations } from "./synchronization/operations.ts";
import type { SynchronizationServices } from "./synchronization/tenants.ts";
import { serviceIn, synchronizationServices } from "./synchronization/tenants.ts";

export interface WorldOptions {
  /** Real time when absent. */
  readonly clock?: WorldClock;
  /** 1 when absent. */
  readonly seed?: number;
  readonly layout?: WorldLayout;
  readonly delays?: { readonly preset?: DelayPreset; readonly overrides?: Readonly<Record<string, number>> };
  /** Read once for many worlds; each world reads it at its first Graph call when absent. */
  readonly graphContract?: GraphContract;
}

export interface World<Control extends GuestControl = HostControl> {
  readonly clock: WorldClock;
  readonly seed: number;
  readonly layout: WorldLayout;
  readonly delays: DelayTable;
  readonly faults: FaultTable;
  readonly buckets: TokenBuckets;
  readonly log: CallLog;
  readonly ec2: EC2Parts;
  readonly directories: Directories;
  readonly guests: Control;
  /** Microsoft Graph and the login authorities: tenants with their directories, and the record of breaches of the contract. */
  readonly graph: GraphWorld;
  /** What provisions groups from the tenants into the domains, by tenant id. */
  readonly synchronization: SynchronizationServices;
  /** Answers one HTTP request of any of the services, in process. Never rejects. */
  handle(request: WireRequest): Promise<WireOutcome>;
  /** Answers one HTTP request to Microsoft Graph or to a login authority, in process. Never rejects. */
  handleGraph(request: GraphRequest): Promise<WireOutcome>;
}

/** A world with Windows hosts, Systems Manager and Active Directory. */
export function createWorld(options: WorldOptions = {}): World {
  return createWorldOf<HostControl>(WINDOWS_GUESTS, options);
}

/** A world with other insides of its machines, such as none. */
export function createWorldOf<Control extends GuestControl>(
  maker: GuestsMaker<Control>,
  options: WorldOptions = {},
): World<Control> {
  const { clock = realClock(), seed = 1, layout = DEFAULT_LAYOUT } = options;
  const dice = seededDice(seed);
  const delays = new DelayTable(
    options.delays?.preset ?? "real",
    [EC2_DELAYS, DIRECTORY_DELAYS, GRAPH_DELAYS, SYNCHRONIZATION_DELAYS, ...maker.delays],
    options.delays?.overrides,
  );
  const faults = new FaultTable(clock, seededDice(seed + 1));
  const buckets = new TokenBuckets(clock);
  const log = new CallLog();
  const resources = new Resources(layout);
  const fleet = new Fleet({ clock, dice, delays, addresses: resources.addresses });
  const ec2: EC2Parts = { clock, delays, faults, fleet, resources, tokens: new LaunchTokens() };
  const guests = maker.make({ clock, dice: seededDice(seed + 2), delays, faults, machines: fleet }, layout);
  fleet.connect(guests.lifecycle);
  const directories = new Directories(layout.directories, {
    clock,
    dice: seededDice(seed + 4),
    delays,
    region: layout.network.region,
    machines: guests.domains,
  });
  const identities = new Identities(clock, seededDice(seed + 3), layout.iam);
  const tables: Readonly<Record<ApiCall["service"], OperationTable>> = {
    ec2: ec2Operations(ec2),
    ssm: guests.ssm,
    sts: stsOperations({ clock, identities }),
    ds: directoryOperations({ directories, faults }),
  };
  const call = gateway({
    clock,
    faults,
    buckets,
    log,
    operations: (service) => tables[service],
    authorise: authorise({
      policiesOf: ({ caller }) => identities.policies(caller.accessKeyID),
      facts: resourceFacts(ec2, guests.ssm),
    }),
    factsOf: (apiCall) => factsOf(ec2, apiCall),
  });
  let synchronization: SynchronizationServices = new Map();
  const graph = graphWorld(
    layout.tenants,
    {
      clock,
      seed,
      delays,
      faults,
      log,
      buckets,
      agents: (tenantID) => guests.agents?.(tenantID) ?? [],
      ...(options.graphContract !== undefined && { contract: options.graphContract }),
    },
    (tenants) => {
      const { agentReach: reach, activeDirectory } = guests;
      const parts = { clock, seed, delays, reach, activeDirectory, layout: layout.synchronization };
      synchronization = synchronizationServices(tenants, parts);
      return synchronizationOperations((tenantID) => serviceIn(synchronization, tenantID));
    },
  );
  let requests = 0;
  const newRequestID = (): string => requestID(seed, (requests += 1));
  const handle = front({ identities, region: layout.network.region, newRequestID, call });
  return {
    ...{ clock, seed, layout, delays, faults, buckets, log, ec2, directories, graph, synchronization, handle },
    guests: guests.control,
    handleGraph: (request) => graph.handle(request),
  };
}

/** A call names subnets and instances; fault rules speak of zones as well. */
function factsOf({ fleet, resources }: EC2Parts, call: ApiCall): Facts {
  const associated = instanceOfAssociation({ fleet }, text(call.input, "AssociationId") ?? "");
  const named = callFacts(call);
  const facts = associated === undefined ? named : { ...named, instanceID: [associated.instanceID] };
  const launched = (facts.instanceID ?? []).map((id) => fleet.instance(id)?.launchedAs);
  const zones = [
    ...(facts.availabilityZone ?? []),
    ...(facts.subnetID ?? []).map((id) => resources.zoneOfSubnet(id)),
    ...launched.map((instance) => instance?.availabilityZone),
  ];
  return { ...facts, availabilityZone: [...new Set(zones.filter((zone) => zone !== undefined))] };
}

/** In the form of a UUID; the first part tells worlds of different seeds apart in a log. */
function requestID(seed: number, count: number): string {
  const hex = (value: number, length: number): string => value.toString(16).padStart(length, "0").slice(-length);
  return `${hex(seed, 8)}-0000-4000-8000-${hex(count, 12)}`;
}
