/** Asks the caller's policies about a call: which tags it brings, which instances it names. */
import type { ApiCall } from "../core/call.ts";
import { accessDenied } from "../core/gateway.ts";
import { isRecord } from "../core/input.ts";
import type { PolicyStatement } from "../layout/iam.ts";
import { isAllowed } from "./policy.ts";

export interface AuthoriseParts {
  readonly statementsOf: (call: ApiCall) => readonly PolicyStatement[];
  /** True tags of an instance, `undefined` when there is none of that id (the operation then says NotFound). */
  readonly tagsOf: (instanceID: string) => Readonly<Record<string, string>> | undefined;
}

type Tags = Readonly<Record<string, string>>;

/** Calls that need no permission (AWS STS API Reference, GetCallerIdentity; web identity calls are not signed). */
const FREE_ACTIONS = ["sts:GetCallerIdentity", "sts:AssumeRoleWithWebIdentity"];

export function authorise({ statementsOf, tagsOf }: AuthoriseParts): (call: ApiCall) => void {
  return (call) => {
    const action = `${call.service}:${call.action}`;
    if (FREE_ACTIONS.includes(action)) return;
    const statements = statementsOf(call);
    const requestTags = readRequestTags(call.input);
    const resources = isRead(call.action)
      ? []
      : named(call.input)
          .map(tagsOf)
          .filter((tags) => tags !== undefined);
    if (!isAllowed(statements, { action, requestTags, resources })) throw accessDenied(call);
    // Tags at creation need ec2:CreateTags of their own (EC2 User Guide, "Grant permission to tag resources during creation").
    const isTaggedCreate = action === "ec2:RunInstances" && call.input.TagSpecifications !== undefined;
    // The new instance has no tags yet: a condition on its resource tags does not hold.
    const question = { action: "ec2:CreateTags", requestTags, resources: [{}], createAction: call.action };
    if (isTaggedCreate && !isAllowed(statements, question)) throw accessDenied({ ...call, action: "CreateTags" });
  };
}

function isRead(action: string): boolean {
  return /^(Describe|List|Get)/.test(action);
}

function named({ InstanceId, InstanceIds, Resources }: ApiCall["input"]): readonly string[] {
  return [InstanceId, InstanceIds, Resources].flat().filter((id) => typeof id === "string");
}

/** Of a launch: the tags of the instance; of CreateTags: its tags. */
function readRequestTags({ TagSpecifications, Tags }: ApiCall["input"]): Tags {
  const specifications = Array.isArray(TagSpecifications) ? TagSpecifications.filter(isRecord) : [];
  const instance = specifications.find(({ ResourceType }) => ResourceType === "instance");
  const list: unknown = instance?.Tags ?? Tags;
  const words = (value: unknown): string => (typeof value === "string" ? value : "");
  const entries = (Array.isArray(list) ? list : [])
    .filter(isRecord)
    .map(({ Key, Value }) => [words(Key), words(Value)] as const);
  return Object.fromEntries(entries);
}
