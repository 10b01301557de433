/** The list of things that AWS authorises for one call, by service. Guarantees: at least the action itself is asked about, unless what it names does not exist. */
import type { ApiCall } from "../../core/call.ts";
import { text } from "../../core/input.ts";
import type { ResourceFacts } from "../facts.ts";
import type { Question } from "../policy.ts";
import { ec2Questions } from "./ec2.ts";
import { question } from "./place.ts";
import { ssmQuestions } from "./ssm.ts";

export function questionsOf(call: ApiCall, facts: ResourceFacts): readonly Question[] {
  switch (call.service) {
    case "ec2":
      return ec2Questions(call, facts);
    case "ssm":
      return ssmQuestions(call, facts);
    case "sts":
      return stsQuestions(call);
    case "ds":
      return [question(call, `ds:${call.action}`, directoryResource(call))];
  }
}

/** Calls that need no permission (STS API Reference, GetCallerIdentity; web identity calls are not signed). */
const FREE_ACTIONS: readonly string[] = ["GetCallerIdentity", "AssumeRoleWithWebIdentity"];

function stsQuestions(call: ApiCall): readonly Question[] {
  if (FREE_ACTIONS.includes(call.action)) return [];
  const keys = {
    "sts:ExternalId": text(call.input, "ExternalId"),
    "sts:RoleSessionName": text(call.input, "RoleSessionName"),
  };
  return [question(call, `sts:${call.action}`, text(call.input, "RoleArn") ?? "*", keys)];
}

/** Service Authorization Reference, AWS Directory Service: DescribeDomainControllers names a directory, DescribeDirectories none. */
function directoryResource({ action, caller, input }: ApiCall): string {
  const directoryID = action === "DescribeDomainControllers" ? text(input, "DirectoryId") : undefined;
  return directoryID === undefined ? "*" : `arn:aws:ds:${caller.region}:${caller.accountID}:directory/${directoryID}`;
}
