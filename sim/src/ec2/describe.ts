/**
 * DescribeInstances, DescribeInstanceStatus and DescribeInstanceAttribute.
 * Guarantees: an id inside its NotFound window is refused, and missing in lists; tags show as late as they were told to; terminated
 * instances stay for about an hour (EC2 Developer Guide, "Eventual consistency").
 */
import type { ApiCall, Operation } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import { flag, requiredText, text, texts } from "../core/input.ts";
import { checkFilterNames, passes, readFilters } from "./filters.ts";
import type { Instance, ListWindows } from "./instance.ts";
import { profileARNOf, shownTags } from "./instance.ts";
import { pageOf } from "./pages.ts";
import type { EC2Parts } from "./parts.ts";
import type { View } from "./views.ts";
import { reservationView, stateView } from "./views.ts";

const FILTER_NAMES = [
  "tag-key",
  "instance-id",
  "instance-state-name",
  "availability-zone",
  "subnet-id",
  "vpc-id",
  "client-token",
  "image-id",
  "instance-type",
  "private-ip-address",
  "reservation-id",
  "iam-instance-profile.arn",
];

export function describeInstances(parts: EC2Parts): Operation {
  return (call) => {
    const windows = parts.fleet.listWindows();
    const chosen = chosenInstances(parts, call);
    const page = pageOf(parts.faults, call, chosen, ({ sequence }) => sequence);
    const reservations = new Map<string, Instance[]>();
    for (const instance of page.items) {
      const members = reservations.get(instance.reservationID) ?? [];
      reservations.set(instance.reservationID, [...members, instance]);
    }
    return {
      reservationSet: [...reservations.values()].map((instances) => reservationView(instances, windows)),
      nextToken: page.nextToken,
    };
  };
}

/** Instances of the caller's account that the request names by id and filter, in order of launch. */
function chosenInstances(parts: EC2Parts, { input, caller }: ApiCall): readonly Instance[] {
  const ids = texts(input, "InstanceIds");
  if (ids.length > 0 && text(input, "MaxResults") !== undefined) {
    throw new ApiError(
      "InvalidParameterCombination",
      "The parameter instancesSet cannot be used with the parameter maxResults",
    );
  }
  const windows = parts.fleet.listWindows();
  const filters = readFilters(input);
  checkFilterNames(filters, FILTER_NAMES);
  const named = ids.length > 0 ? findListed(parts, caller.accountID, ids) : ownListed(parts, caller.accountID);
  return named.filter((instance) => passes(instance, filters, (item, name) => filterValues(item, name, windows)));
}

function filterValues(
  instance: Instance,
  name: string,
  windows: ListWindows,
): readonly (string | undefined)[] | undefined {
  const { launchedAs, state } = instance;
  const tags = shownTags(instance, windows);
  if (name.startsWith("tag:")) return [tags[name.slice("tag:".length)]];
  const hasNetwork = state !== "terminated";
  const values: Readonly<Record<string, readonly (string | undefined)[]>> = {
    "tag-key": Object.keys(tags),
    "instance-id": [instance.instanceID],
    "instance-state-name": [state],
    "availability-zone": [launchedAs.availabilityZone],
    "subnet-id": hasNetwork ? [launchedAs.subnetID] : [],
    "vpc-id": hasNetwork ? [launchedAs.vpcID] : [],
    "client-token": [launchedAs.clientToken],
    "image-id": [launchedAs.imageID],
    "instance-type": [launchedAs.instanceType],
    "private-ip-address": hasNetwork ? [instance.privateIPAddress] : [],
    "reservation-id": [instance.reservationID],
    "iam-instance-profile.arn": [profileARNOf(instance)],
  };
  return values[name];
}

function ownListed(parts: EC2Parts, accountID: string): readonly Instance[] {
  return parts.fleet
    .instances()
    .filter((instance) => instance.launchedAs.accountID === accountID && parts.fleet.isListed(instance));
}

/** @throws ApiError InvalidInstanceID.Malformed, InvalidInstanceID.NotFound */
export function findListed({ fleet }: EC2Parts, accountID: string, ids: readonly string[]): readonly Instance[] {
  const malformed = ids.find((id) => !/^i-[0-9a-f]{8}([0-9a-f]{9})?$/.test(id));
  if (malformed !== undefined) {
    throw new ApiError("InvalidInstanceID.Malformed", `Invalid id: "${malformed}"`);
  }
  const found = new Map<string, Instance>();
  const missing: string[] = [];
  for (const id of ids) {
    const instance = fleet.instance(id);
    if (instance?.launchedAs.accountID === accountID && fleet.isListed(instance)) found.set(id, instance);
    else missing.push(id);
  }
  if (missing.length === 0) return [...found.values()].sort((left, right) => left.sequence - right.sequence);
  const sentence =
    missing.length === 1
      ? `The instance ID '${missing.join("")}' does not exist`
      : `The instance IDs '${missing.join(", ")}' do not exist`;
  throw new ApiError("InvalidInstanceID.NotFound", sentence);
}

/** EC2 API Reference, DescribeInstanceStatus: up to 100 ids. */
const STATUS_IDS_MAX = 100;

export function describeInstanceStatus(parts: EC2Parts): Operation {
  return (call) => {
    if (texts(call.input, "InstanceIds").length > STATUS_IDS_MAX) {
      throw new ApiError("InvalidParameterValue", `At most ${STATUS_IDS_MAX} instance ids are allowed`);
    }
    const includesAll = flag(call.input, "IncludeAllInstances") ?? false;
    const chosen = chosenInstances(parts, call).filter(({ state }) => includesAll || state === "running");
    const page = pageOf(parts.faults, call, chosen, ({ sequence }) => sequence);
    return {
      instanceStatusSet: page.items.map((instance) => statusView(parts, instance)),
      nextToken: page.nextToken,
    };
  };
}

function statusView(parts: EC2Parts, instance: Instance): View {
  const status = instanceCheck(parts, instance);
  const system = status === "impaired" ? "ok" : status;
  const details = (value: string): View => ({
    status: value,
    details: [{ name: "reachability", status: value === "ok" ? "passed" : value === "impaired" ? "failed" : value }],
  });
  return {
    instanceId: instance.instanceID,
    availabilityZone: instance.launchedAs.availabilityZone,
    instanceState: stateView(instance.state),
    systemStatus: details(system),
    instanceStatus: details(status),
    eventsSet: [],
  };
}

export function instanceCheck(
  { clock, delays }: EC2Parts,
  { state, runningAtMs, impairedAtMs }: Instance,
): "ok" | "impaired" | "initializing" | "not-applicable" {
  if (state !== "running" || runningAtMs === undefined) return "not-applicable";
  const nowMs = clock.nowMs();
  if (impairedAtMs !== undefined && nowMs >= impairedAtMs + delays.ms("ec2.statusImpaired")) return "impaired";
  return nowMs < runningAtMs + delays.ms("ec2.statusInitializing") ? "initializing" : "ok";
}

export function describeInstanceAttribute(parts: EC2Parts): Operation {
  return ({ input, caller }) => {
    const instanceID = requiredText(input, "InstanceId");
    const attribute = requiredText(input, "Attribute");
    const [instance] = findListed(parts, caller.accountID, [instanceID]);
    if (instance === undefined)
      throw new ApiError("InvalidInstanceID.NotFound", `The instance ID '${instanceID}' does not exist`);
    const { launchedAs } = instance;
    const values: Readonly<Record<string, unknown>> = {
      disableApiTermination: { value: instance.isTerminationProtected },
      disableApiStop: { value: instance.isStopProtected },
      instanceType: { value: launchedAs.instanceType },
      instanceInitiatedShutdownBehavior: { value: launchedAs.shutdownBehavior },
      userData: launchedAs.userData === undefined ? {} : { value: launchedAs.userData },
    };
    if (!Object.hasOwn(values, attribute)) {
      throw new ApiError(
        "InvalidParameterValue",
        `Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`,
      );
    }
    return { instanceId: instanceID, [attribute]: values[attribute] };
  };
}
