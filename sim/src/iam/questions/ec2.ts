/**
 * What AWS authorises for calls of EC2 other than launches.
 * Guarantees: calls that name instances ask about each of them; an instance that does not exist is not asked about, the operation says NotFound.
 * @see Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2"
 */
import type { ApiCall } from "../../core/call.ts";
import type { Input } from "../../core/input.ts";
import { isRecord, text, texts } from "../../core/input.ts";
import type { InstanceFacts, ResourceFacts } from "../facts.ts";
import { readTagList } from "../facts.ts";
import type { Question } from "../policy.ts";
import { profileName, runInstancesQuestions } from "./launch.ts";
import { passRole } from "./pass-role.ts";
import type { Keys } from "./place.ts";
import { ec2ARN, question, requestTagKeys, tagKeys } from "./place.ts";

/** Actions whose resource is the instances that they name. DescribeInstances and its kin have none: `*`. */
const INSTANCE_ACTIONS: ReadonlySet<string> = new Set([
  "TerminateInstances",
  "StopInstances",
  "StartInstances",
  "RebootInstances",
  "DescribeInstanceAttribute",
]);

export function ec2Questions(call: ApiCall, facts: ResourceFacts): readonly Question[] {
  const { action, input } = call;
  if (action === "RunInstances") return runInstancesQuestions(call, facts);
  if (action === "ModifyInstanceAttribute") return modifyQuestions(call, facts);
  if (action === "CreateTags" || action === "DeleteTags") {
    const keys = requestTagKeys(readTagList(input.Tags));
    return onInstances(call, facts, { ids: texts(input, "Resources"), keys });
  }
  if (action === "ReplaceIamInstanceProfileAssociation") return replaceQuestions(call, facts);
  if (!INSTANCE_ACTIONS.has(action)) return [question(call, `ec2:${action}`, "*")];
  const one = text(input, "InstanceId");
  return onInstances(call, facts, { ids: one === undefined ? texts(input, "InstanceIds") : [one], keys: {} });
}

function onInstances(
  call: ApiCall,
  facts: ResourceFacts,
  { ids, keys }: { readonly ids: readonly string[]; readonly keys: Keys },
): readonly Question[] {
  return ids.flatMap((id) => {
    const instance = facts.instance(call.caller.accountID, id);
    if (instance === undefined) return [];
    const resource = ec2ARN(call, "instance", id);
    return [question(call, `ec2:${call.action}`, resource, { ...instanceKeys(instance), ...keys })];
  });
}

/** The instance behind the association, and the role of the profile that takes its place. An unknown association has no tags to show. */
function replaceQuestions(call: ApiCall, facts: ResourceFacts): readonly Question[] {
  const { input, caller } = call;
  const instanceID = facts.associatedInstance(text(input, "AssociationId") ?? "");
  const instance = instanceID === undefined ? undefined : facts.instance(caller.accountID, instanceID);
  const profile = facts.instanceProfile(caller.accountID, profileName(input) ?? "");
  const keys = { ...(instance && instanceKeys(instance)), "ec2:NewInstanceProfile": profile?.arn };
  const resource = ec2ARN(call, "instance", (instance && instanceID) ?? "*");
  return [
    question(call, `ec2:${call.action}`, resource, keys),
    ...(profile === undefined ? [] : [passRole(call, profile.roleARN, { service: "ec2.amazonaws.com", resource })]),
  ];
}

/** Keys of an instance that exists. */
export function instanceKeys({ tags, ...instance }: InstanceFacts): Keys {
  return {
    ...tagKeys("aws:ResourceTag", tags),
    ...tagKeys("ec2:ResourceTag", tags),
    "ec2:InstanceType": instance.instanceType,
    "ec2:AvailabilityZone": instance.availabilityZone,
    "ec2:InstanceProfile": instance.instanceProfileARN,
    "ec2:MetadataHttpTokens": instance.httpTokens,
  };
}

/**
 * ec2:Attribute/<Name> holds the value of an attribute that has a structure of its own with nothing but a Value; ec2:Attribute is the name
 * where the request uses its member Attribute (EC2 User Guide, "ec2:Attribute condition key"). Security groups are asked about as well.
 */
function modifyQuestions(call: ApiCall, facts: ResourceFacts): readonly Question[] {
  const { input, caller } = call;
  const named = text(input, "Attribute");
  const keys = {
    ...attributeValues(input),
    ...(named === undefined ? {} : { "ec2:Attribute": named, [`ec2:Attribute/${named}`]: text(input, "Value") }),
  };
  // On the wire the list is GroupId.N, whatever the SDKs call it.
  const groups = texts(input, "GroupIds").flatMap((groupID) => {
    const vpcID = facts.securityGroupVPC(caller.accountID, groupID);
    const groupKeys = { "ec2:Vpc": vpcID && ec2ARN(call, "vpc", vpcID), "ec2:SecurityGroupID": groupID };
    return [question(call, "ec2:ModifyInstanceAttribute", ec2ARN(call, "security-group", groupID), groupKeys)];
  });
  return [...onInstances(call, facts, { ids: [text(input, "InstanceId") ?? ""], keys }), ...groups];
}

function attributeValues(input: Input): Keys {
  const entries = Object.entries(input).flatMap(([name, structure]) => {
    const value = isRecord(structure) ? text(structure, "Value") : undefined;
    return value === undefined ? [] : [[`ec2:Attribute/${name}`, value] as const];
  });
  return Object.fromEntries(entries);
}
