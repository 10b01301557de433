/** ARNs and context keys that every question of a call shares. Pure. */
import type { ApiCall } from "../../core/call.ts";
import type { Context } from "../condition.ts";
import type { Tags } from "../facts.ts";
import type { Question } from "../policy.ts";

/** Keys as the vendor writes them; an absent value means that the key is not in the context. */
export type Keys = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A question of the call: global keys are added here (IAM User Guide, "AWS global condition context keys"). */
export function question(call: ApiCall, action: string, resource: string, keys: Keys = {}): Question {
  return { action, resource, context: contextOf({ ...globalKeys(call), ...keys }) };
}

function globalKeys({ service, caller }: ApiCall): Keys {
  return {
    "aws:RequestedRegion": caller.region,
    "aws:PrincipalArn": roleOfSession(caller.principalARN),
    "aws:PrincipalAccount": caller.accountID,
    // Every action of EC2 has it as well (Service Authorization Reference, Amazon EC2).
    "ec2:Region": service === "ec2" ? caller.region : undefined,
  };
}

/** aws:PrincipalArn of an assumed role is the role's ARN, not the session's. */
export function roleOfSession(principalARN: string): string {
  return principalARN.replace(/^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/.*$/, "arn:aws:iam::$1:role/$2");
}

function contextOf(keys: Keys): Context {
  const present = Object.entries(keys).flatMap(([key, value]) =>
    value === undefined ? [] : [[key.toLowerCase(), typeof value === "string" ? [value] : value] as const],
  );
  return new Map(present);
}

/** `prefix/<key>` for each tag. */
export function tagKeys(prefix: string, tags: Tags): Keys {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));
}

/** The tags that a request brings: aws:RequestTag/<key> and the multivalued aws:TagKeys, absent without tags. */
export function requestTagKeys(tags: Tags): Keys {
  const names = Object.keys(tags);
  return { ...tagKeys("aws:RequestTag", tags), "aws:TagKeys": names.length === 0 ? undefined : names };
}

/** Resources of EC2; images and snapshots have no account in their ARN (Service Authorization Reference, resource types). */
export function ec2ARN({ caller }: ApiCall, type: string, id: string): string {
  const account = type === "image" || type === "snapshot" ? "" : caller.accountID;
  return `arn:aws:ec2:${caller.region}:${account}:${type}/${id}`;
}
