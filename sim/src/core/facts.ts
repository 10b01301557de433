/** What a call is about, in the words of fault rules and of the call log. Pure; reads only what the input itself says. */
import type { ApiCall } from "./call.ts";
import type { Facts } from "./faults.ts";
import { isRecord } from "./input.ts";

export function callFacts({ input, caller }: ApiCall): Facts {
  const networkInterfaces: unknown = input.NetworkInterfaces;
  const subnets = Array.isArray(networkInterfaces)
    ? networkInterfaces.map((item: unknown) => (isRecord(item) ? item.SubnetId : undefined))
    : [];
  const placement = isRecord(input.Placement) ? input.Placement.AvailabilityZone : undefined;
  return {
    instanceID: strings([input.InstanceId, input.InstanceIds, input.Resources]),
    subnetID: strings([input.SubnetId, subnets]),
    availabilityZone: strings([placement]),
    instanceType: strings([input.InstanceType]),
    clientToken: strings([input.ClientToken]),
    document: strings([input.DocumentName]),
    directoryID: strings([input.DirectoryId, input.DirectoryIds]),
    comment: strings([input.Comment]),
    accountID: [caller.accountID],
    principalARN: [caller.principalARN],
    accessKeyID: [caller.accessKeyID],
  };
}

function strings(values: readonly unknown[]): readonly string[] {
  return values.flat().filter((value) => typeof value === "string");
}
