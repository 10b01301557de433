/** Parses EC2's wide instance into ours. Guarantees: an entry without a usable id is dropped, an unknown state is "unknown". */
import type { Instance as Ec2Instance, Reservation } from "@aws-sdk/client-ec2";
import type { Instance, InstanceState } from "./port.ts";
import { parseInstanceId } from "./port.ts";

const STATES: ReadonlyMap<string, InstanceState> = new Map(
  (["pending", "running", "shutting-down", "terminated", "stopping", "stopped"] as const).map((state) => [
    state,
    state,
  ]),
);

export function parseInstance(wire: Ec2Instance): Instance | undefined {
  const instanceID = parseInstanceId(wire.InstanceId ?? "");
  if (instanceID === undefined) return undefined;
  return {
    instanceID,
    state: STATES.get(wire.State?.Name ?? "") ?? "unknown",
    availabilityZone: wire.Placement?.AvailabilityZone ?? "",
    subnetID: wire.SubnetId,
    instanceType: wire.InstanceType ?? "",
    imageID: wire.ImageId ?? "",
    launchedAtMs: wire.LaunchTime?.getTime() ?? 0,
    clientToken: wire.ClientToken === "" ? undefined : wire.ClientToken,
    privateIPAddress: wire.PrivateIpAddress,
    instanceProfileARN: wire.IamInstanceProfile?.Arn,
    // EC2's message usually begins with the code ("Server.InternalError: ..."): said once.
    stateReason: wire.StateReason?.Message ?? wire.StateReason?.Code ?? "",
    tags: Object.fromEntries(
      (wire.Tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ""]])),
    ),
  };
}

export function instancesOf(reservations: readonly Reservation[] | undefined): readonly Instance[] {
  return (reservations ?? []).flatMap(({ Instances }) => Instances ?? []).flatMap((wire) => parseInstance(wire) ?? []);
}
