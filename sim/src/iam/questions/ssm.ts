/**
 * What AWS authorises for calls of Systems Manager: SendCommand on the document and on each node, reads of commands on nothing (`*`).
 * Guarantees: a node that does not exist is not asked about: the operation says InvalidInstanceId.
 * @see Service Authorization Reference, "Actions, resources, and condition keys for AWS Systems Manager"
 */
import type { ApiCall } from "../../core/call.ts";
import { text, texts } from "../../core/input.ts";
import type { ResourceFacts, Tags } from "../facts.ts";
import type { Question } from "../policy.ts";
import { passRole } from "./pass-role.ts";
import type { Keys } from "./place.ts";
import { question, tagKeys } from "./place.ts";

const DOCUMENT_ACTIONS: ReadonlySet<string> = new Set([
  "CreateDocument",
  "GetDocument",
  "DescribeDocument",
  "DeleteDocument",
]);
/** Public parameters belong to nobody's account: the field is empty in their ARN (aws.md 10, AmiParam). */
const PUBLIC_PARAMETERS = "/aws/service/";

export function ssmQuestions(call: ApiCall, facts: ResourceFacts): readonly Question[] {
  const { action, input } = call;
  if (action === "SendCommand") return sendCommandQuestions(call, facts);
  if (DOCUMENT_ACTIONS.has(action)) {
    return [question(call, `ssm:${action}`, ...documentResource(call, facts, text(input, "Name") ?? ""))];
  }
  if (action === "GetParameter") {
    return [question(call, "ssm:GetParameter", parameterARN(call, text(input, "Name") ?? ""))];
  }
  if (action === "GetConnectionStatus") return nodeQuestions(call, facts, [text(input, "Target") ?? ""]);
  return [question(call, `ssm:${action}`, "*")];
}

/** Targets by tag are not modelled: the world's SendCommand refuses them. */
function sendCommandQuestions(call: ApiCall, facts: ResourceFacts): readonly Question[] {
  const { input } = call;
  const bucket = text(input, "OutputS3BucketName");
  const role = text(input, "ServiceRoleArn");
  return [
    question(call, "ssm:SendCommand", ...documentResource(call, facts, text(input, "DocumentName") ?? "")),
    ...nodeQuestions(call, facts, texts(input, "InstanceIds")),
    ...(bucket === undefined ? [] : [question(call, "ssm:SendCommand", `arn:aws:s3:::${bucket}`)]),
    // Notifications are sent with a role of the caller's choice (SSM User Guide, "Monitoring status changes using Amazon SNS notifications").
    ...(role === undefined ? [] : [passRole(call, role, { service: "ssm.amazonaws.com" })]),
  ];
}

function nodeQuestions(call: ApiCall, facts: ResourceFacts, ids: readonly string[]): readonly Question[] {
  const { accountID, region } = call.caller;
  return ids.flatMap((id) => {
    const arn = `arn:aws:${id.startsWith("mi-") ? "ssm" : "ec2"}:${region}:${accountID}`;
    if (id.startsWith("mi-")) return [question(call, `ssm:${call.action}`, `${arn}:managed-instance/${id}`)];
    const instance = facts.instance(accountID, id);
    if (instance === undefined) return [];
    return [question(call, `ssm:${call.action}`, `${arn}:instance/${id}`, resourceTags(instance.tags))];
  });
}

/** Documents that Amazon owns have no account in their ARN; one that is shared is named by its whole ARN. */
function documentResource(call: ApiCall, facts: ResourceFacts, name: string): [resource: string, keys: Keys] {
  const { accountID, region } = call.caller;
  const document = facts.document(call, name);
  const keys = resourceTags(document?.tags ?? {});
  if (name.startsWith("arn:")) return [name, keys];
  return [`arn:aws:ssm:${region}:${document?.isAmazons === true ? "" : accountID}:document/${name}`, keys];
}

function resourceTags(tags: Tags): Keys {
  return { ...tagKeys("aws:ResourceTag", tags), ...tagKeys("ssm:resourceTag", tags) };
}

function parameterARN({ caller }: ApiCall, name: string): string {
  const account = name.startsWith(PUBLIC_PARAMETERS) ? "" : caller.accountID;
  return `arn:aws:ssm:${caller.region}:${account}:parameter/${name.replace(/^\//, "")}`;
}
