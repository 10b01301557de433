/** The EC2 actions that the world knows, a line each. Every other action is an InvalidAction. */
import type { Operation, OperationTable } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import { flag } from "../core/input.ts";
import * as change from "./change.ts";
import * as describe from "./describe.ts";
import { runInstances } from "./launch.ts";
import * as network from "./network.ts";
import * as profiles from "./profiles.ts";
import type { EC2Parts } from "./parts.ts";

export function ec2Operations(parts: EC2Parts): OperationTable {
  const operations: Readonly<Record<string, Operation>> = {
    RunInstances: runInstances(parts),
    DescribeInstances: describe.describeInstances(parts),
    DescribeInstanceStatus: describe.describeInstanceStatus(parts),
    DescribeInstanceAttribute: describe.describeInstanceAttribute(parts),
    TerminateInstances: change.terminateInstances(parts),
    StopInstances: change.stopInstances(parts),
    StartInstances: change.startInstances(parts),
    RebootInstances: change.rebootInstances(parts),
    ModifyInstanceAttribute: change.modifyInstanceAttribute(parts),
    DescribeIamInstanceProfileAssociations: profiles.describeAssociations(parts),
    ReplaceIamInstanceProfileAssociation: profiles.replaceAssociation(parts),
    CreateTags: change.createTags(parts),
    DeleteTags: change.deleteTags(parts),
    DescribeSubnets: network.describeSubnets(parts),
    DescribeVpcs: network.describeVpcs(parts),
    DescribeSecurityGroups: network.describeSecurityGroups(parts),
    DescribeImages: network.describeImages(parts),
    DescribeInstanceTypeOfferings: network.describeInstanceTypeOfferings(parts),
    DescribeAvailabilityZones: network.describeAvailabilityZones(parts),
    DescribeVolumes: network.describeVolumes(parts),
  };
  return new Map(Object.entries(operations).map(([action, operation]) => [action, unlessDryRun(operation)]));
}

/** A dry run is answered after permissions and before anything else; its success is an error (SDK documentation, DryRun). */
function unlessDryRun(operation: Operation): Operation {
  return (call) => {
    if (flag(call.input, "DryRun") === true) {
      throw new ApiError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
    }
    return operation(call);
  };
}
