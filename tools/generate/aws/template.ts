/**
 * deploy/aws/cloudsync-operator.template.json: everything that an account needs before the operator starts.
 * Guarantees: made from the same sources as the operator's documents and the policy files; a missing parameter of the chosen identity is refused.
 */
import { PARAMETER_GROUPS, PARAMETERS } from "./parameters.ts";
import { documentParts } from "./template-documents.ts";
import { hostResources } from "./template-hosts.ts";
import { operatorResources } from "./template-operator.ts";

/** CloudFormation quotas: 51,200 bytes given inline, 1 MB (1,048,576) from S3. */
export const TEMPLATE_BYTES_MAX = 1_048_576;

export function template(): object {
  const { mappings, resources } = documentParts();
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description:
      "cloudsync-operator: SSM documents, roles of hosts and operator, output bucket. Generated; see deploy/aws/README.md.",
    Metadata: {
      "AWS::CloudFormation::Interface": {
        ParameterGroups: PARAMETER_GROUPS.map(({ label, names }) => ({ Label: { default: label }, Parameters: names })),
      },
    },
    Parameters: PARAMETERS,
    ...(Object.keys(mappings).length === 0 ? {} : { Mappings: mappings }),
    Rules: RULES,
    Conditions: CONDITIONS,
    Resources: { ...resources, ...hostResources(), ...operatorResources() },
    Outputs: OUTPUTS,
  };
}

const isGiven = (name: string): object => ({
  "Fn::Not": [{ "Fn::Equals": [{ Ref: name }, PARAMETERS[name]?.["Default"]] }],
});
/** A list without values holds one blank. */
const isListGiven = (name: string): object => ({
  "Fn::Not": [{ "Fn::Equals": [{ "Fn::Join": ["", { Ref: name }] }, ""] }],
});
const isIdentity = (word: string): object => ({ "Fn::Equals": [{ Ref: "OperatorIdentity" }, word] });

const CONDITIONS = {
  AllowsSessions: { "Fn::Equals": [{ Ref: "AllowSessions" }, "true"] },
  HasSecretsKey: isGiven("SecretsKeyArn"),
  HasLeaveSecrets: isListGiven("LeaveSecretArns"),
  HasLeaveSecretsUnderKey: { "Fn::And": [{ Condition: "HasLeaveSecrets" }, { Condition: "HasSecretsKey" }] },
  HasPoolRoles: isListGiven("PoolRoleArns"),
  HasOperatorRole: { "Fn::Not": [isIdentity("None")] },
  IsIRSA: isIdentity("IRSA"),
  IsPodIdentity: isIdentity("PodIdentity"),
};

const needs = (word: string, names: readonly string[]): object => ({
  RuleCondition: isIdentity(word),
  Assertions: names.map((name) => ({
    Assert: isGiven(name),
    AssertDescription: `OperatorIdentity ${word} needs ${name}.`,
  })),
});

const RULES = {
  IRSA: needs("IRSA", ["OidcProviderArn", "OidcIssuer"]),
  PodIdentity: needs("PodIdentity", ["ClusterName"]),
  AssumedRole: needs("AssumedRole", ["TrustedPrincipalArn", "ExternalId"]),
};

const OUTPUTS = {
  OperatorPolicyArn: { Description: "Policy of the operator", Value: { Ref: "OperatorPolicy" } },
  OperatorRoleArn: {
    Description: "Role of the operator: IRSA's annotation eks.amazonaws.com/role-arn",
    Condition: "HasOperatorRole",
    Value: { "Fn::GetAtt": ["OperatorRole", "Arn"] },
  },
  BootstrapInstanceProfile: {
    Description: "spec.aws.bootstrapInstanceProfile of pools",
    Value: { Ref: "BootstrapInstanceProfile" },
  },
  RuntimeInstanceProfile: {
    Description: "spec.aws.instanceProfile of pools",
    Value: { Ref: "RuntimeInstanceProfile" },
  },
  OutputBucketName: { Description: "Where hosts write diagnostics, under hosts/", Value: { Ref: "OutputBucket" } },
};
