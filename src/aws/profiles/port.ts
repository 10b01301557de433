/**
 * Which instance profile an instance carries, and its replacement by another one.
 * Guarantees: a repeat of a replacement is refused by EC2, because the association that it names is gone: what the first one did is read anew.
 * Never: a list over many instances: asked for one instance, only while its profile is to be replaced (C1); the shared inventory shows the profiles
 * of all others.
 */
import type { Branded } from "../../runtime/brand.ts";
import type { InstanceId, Listing, WriteOutcome } from "../instances/port.ts";
import type { AwsScope } from "../scope/port.ts";

export type AssociationId = Branded<"AssociationId">;
/** Parses the id of an instance profile association; `undefined` when the text is none. */
export function parseAssociationId(text: string): AssociationId | undefined {
  return /^iip-assoc-[0-9a-f]{8,17}$/.test(text) ? (text as AssociationId) : undefined;
}

/** EC2 API Reference, IamInstanceProfileAssociation. */
export interface ProfileAssociation {
  readonly associationID: AssociationId;
  readonly profileARN: string;
  readonly state: "associating" | "associated" | "disassociating" | "disassociated" | "unknown";
}

export interface ProfilePort {
  /** DescribeIamInstanceProfileAssociations of one instance, fresh; while one is replaced there are two. */
  associations(scope: AwsScope, instanceID: InstanceId, signal: AbortSignal): Promise<Listing<ProfileAssociation>>;
  /** ReplaceIamInstanceProfileAssociation; `profile` is a name or an ARN. Needs iam:PassRole on the profile's role. */
  replace(
    scope: AwsScope,
    change: { readonly associationID: AssociationId; readonly profile: string },
    signal: AbortSignal,
  ): Promise<WriteOutcome>;
}
