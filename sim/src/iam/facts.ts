/**
 * What the world truly knows about the resources that a call names: the values of condition keys that no request can claim for itself.
 * Guarantees: `undefined` for what does not exist, or belongs to another account: the operation itself then says so.
 */
import type { ApiCall, OperationTable } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import { isRecord } from "../core/input.ts";
import { profileARNOf } from "../ec2/instance.ts";
import type { EC2Parts } from "../ec2/parts.ts";
import { instanceOfAssociation } from "../ec2/profiles.ts";
import type { SnapshotLayout } from "../layout/images.ts";

export type Tags = Readonly<Record<string, string>>;

export interface InstanceFacts {
  readonly tags: Tags;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly instanceProfileARN: string | undefined;
  readonly httpTokens: string;
}
export interface SubnetFacts {
  readonly vpcID: string;
  readonly availabilityZone: string;
  readonly tags: Tags;
}
export interface DocumentFacts {
  readonly isAmazons: boolean;
  readonly tags: Tags;
}

export interface ResourceFacts {
  instance(accountID: string, instanceID: string): InstanceFacts | undefined;
  /** Id of the instance that carries an association of an instance profile. */
  associatedInstance(associationID: string): string | undefined;
  /** The value of ec2:Owner: an alias such as `amazon`, else the account. */
  imageOwner(imageID: string): string | undefined;
  snapshotOwner(snapshotID: string): string | undefined;
  subnet(accountID: string, subnetID: string): SubnetFacts | undefined;
  /** VPC of a security group. */
  securityGroupVPC(accountID: string, groupID: string): string | undefined;
  /** ARN of a profile given by name or ARN, and of the role inside. */
  instanceProfile(accountID: string, nameOrARN: string): { readonly arn: string; readonly roleARN: string } | undefined;
  document(call: ApiCall, name: string): DocumentFacts | undefined;
}

export function resourceFacts({ fleet, resources }: EC2Parts, ssm: OperationTable): ResourceFacts {
  const ownerOf = (owner: Pick<SnapshotLayout, "ownerID" | "ownerAlias"> | undefined): string | undefined =>
    owner?.ownerAlias ?? owner?.ownerID;
  const { images, iam } = resources.layout;
  return {
    instance(accountID, instanceID) {
      const instance = fleet.instance(instanceID);
      if (instance?.launchedAs.accountID !== accountID) return undefined;
      const { instanceType, availabilityZone, metadataOptions } = instance.launchedAs;
      const instanceProfileARN = profileARNOf(instance);
      const { httpTokens } = metadataOptions;
      return { tags: instance.tags, instanceType, availabilityZone, instanceProfileARN, httpTokens };
    },
    associatedInstance: (associationID) => instanceOfAssociation({ fleet }, associationID)?.instanceID,
    imageOwner: (imageID) => ownerOf(resources.image(imageID)),
    snapshotOwner: (snapshotID) => ownerOf(images.snapshots?.find((snapshot) => snapshot.snapshotID === snapshotID)),
    subnet(accountID, subnetID) {
      const subnet = resources.subnet(accountID, subnetID);
      return subnet && { vpcID: subnet.vpcID, availabilityZone: subnet.availabilityZone, tags: subnet.tags ?? {} };
    },
    securityGroupVPC: (accountID, groupID) => resources.securityGroup(accountID, groupID)?.vpcID,
    instanceProfile(accountID, nameOrARN) {
      const arn = resources.instanceProfileARN(accountID, nameOrARN);
      if (arn === undefined) return undefined;
      const name = arn.slice(arn.indexOf("/") + 1);
      const profile = iam.instanceProfiles.find((one) => one.accountID === accountID && one.name === name);
      return { arn, roleARN: `arn:aws:iam::${accountID}:role/${profile?.roleName ?? name}` };
    },
    document: (call, name) => readDocument(ssm, call, name),
  };
}

/** The service itself is asked, so that names, versions and accounts mean the same here and there. */
function readDocument(ssm: OperationTable, call: ApiCall, name: string): DocumentFacts | undefined {
  const describe = ssm.get("DescribeDocument");
  if (describe === undefined) return undefined;
  try {
    const { Document: document } = describe({ ...call, action: "DescribeDocument", input: { Name: name } });
    if (!isRecord(document)) return undefined;
    return { isAmazons: document.Owner === "Amazon", tags: readTagList(document.Tags) };
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** A list of `{Key, Value}`; what is malformed is left out: the operation refuses it. */
export function readTagList(list: unknown): Tags {
  const words = (value: unknown): string => (typeof value === "string" ? value : "");
  return Object.fromEntries(
    (Array.isArray(list) ? list : []).filter(isRecord).map(({ Key, Value }) => [words(Key), words(Value)] as const),
  );
}
