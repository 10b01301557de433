/** EC2 behind the profile port. Guarantees: a lost answer is `unknown`; an association without a usable id or profile is dropped. */
import type { EC2Client, IamInstanceProfileAssociation } from "@aws-sdk/client-ec2";
import {
  DescribeIamInstanceProfileAssociationsCommand,
  ReplaceIamInstanceProfileAssociationCommand,
} from "@aws-sdk/client-ec2";
import type { Caller, Operation } from "../call/caller.ts";
import { readPages } from "../call/read-pages.ts";
import { writeOutcome } from "../instances/ec2.ts";
import { PROFILE_PAGE_SIZE, PROFILE_PAGES_MAX } from "../limits.ts";
import type { AwsScope } from "../scope/port.ts";
import { parseAssociationId, type ProfileAssociation, type ProfilePort } from "./port.ts";

const DESCRIBE: Operation = {
  service: "ec2",
  name: "DescribeIamInstanceProfileAssociations",
  bucket: "ec2:DescribeIamInstanceProfileAssociations",
  isWrite: false,
};
const REPLACE: Operation = {
  service: "ec2",
  name: "ReplaceIamInstanceProfileAssociation",
  bucket: "ec2:ReplaceIamInstanceProfileAssociation",
  isWrite: true,
};

export interface ProfileOptions {
  readonly caller: Caller;
  readonly ec2: (scope: AwsScope) => Promise<EC2Client>;
}

export function ec2Profiles({ caller, ec2 }: ProfileOptions): ProfilePort {
  const on = (scope: AwsScope, operation: Operation, signal: AbortSignal) => ({
    place: scope,
    operation,
    signal,
    connect: () => ec2(scope),
  });
  return {
    associations(scope, instanceID, signal) {
      const Filters = [{ Name: "instance-id", Values: [instanceID] }];
      const input = { Filters, MaxResults: PROFILE_PAGE_SIZE };
      return readPages(
        (NextToken) =>
          caller.call({
            ...on(scope, DESCRIBE, signal),
            send: (client, options) =>
              client.send(new DescribeIamInstanceProfileAssociationsCommand({ ...input, NextToken }), options),
          }),
        (output) => ({
          items: (output.IamInstanceProfileAssociations ?? []).flatMap((wire) => parseAssociation(wire) ?? []),
          next: output.NextToken,
        }),
        PROFILE_PAGES_MAX,
      );
    },

    async replace(scope, { associationID, profile }, signal) {
      const IamInstanceProfile = profile.startsWith("arn:") ? { Arn: profile } : { Name: profile };
      const input = { AssociationId: associationID, IamInstanceProfile };
      return writeOutcome(
        await caller.call({
          ...on(scope, REPLACE, signal),
          send: (client, options) => client.send(new ReplaceIamInstanceProfileAssociationCommand(input), options),
        }),
      );
    },
  };
}

const STATES: ReadonlyMap<string, ProfileAssociation["state"]> = new Map(
  (["associating", "associated", "disassociating", "disassociated"] as const).map((state) => [state, state]),
);

function parseAssociation(wire: IamInstanceProfileAssociation): ProfileAssociation | undefined {
  const associationID = parseAssociationId(wire.AssociationId ?? "");
  const profileARN = wire.IamInstanceProfile?.Arn;
  if (associationID === undefined || profileARN === undefined) return undefined;
  return { associationID, profileARN, state: STATES.get(wire.State ?? "") ?? "unknown" };
}
