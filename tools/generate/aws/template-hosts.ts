/** Roles and instance profiles of hosts, and the bucket that they write to. Guarantees: TLS only, encrypted, versioned, nothing public, written by hosts alone. */
import { templatePolicy } from "./cloudformation-policy.ts";
import { BOOTSTRAP_STATEMENTS, RUNTIME_STATEMENTS } from "./host-statements.ts";
import type { StatementSource } from "./statement.ts";

export function hostResources(): Readonly<Record<string, object>> {
  return {
    BootstrapRole: role("BootstrapRoleName", BOOTSTRAP_STATEMENTS, { ReadSecrets: "Always" }),
    BootstrapInstanceProfile: profile("BootstrapRole", "BootstrapRoleName"),
    RuntimeRole: role("RuntimeRoleName", RUNTIME_STATEMENTS, { ReadSecrets: "HasLeaveSecrets" }),
    RuntimeInstanceProfile: profile("RuntimeRole", "RuntimeRoleName"),
    OutputBucket: OUTPUT_BUCKET,
    OutputBucketPolicy: OUTPUT_BUCKET_POLICY,
  };
}

const EC2_TRUST = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: { "Fn::Sub": "ec2.${AWS::URLSuffix}" } }, Action: "sts:AssumeRole" },
  ],
};

function role(
  nameParameter: string,
  statements: readonly StatementSource[],
  { ReadSecrets }: { readonly ReadSecrets: "Always" | "HasLeaveSecrets" },
): object {
  const onlyIf = {
    AnswerSessions: "AllowsSessions",
    ...(ReadSecrets === "Always" ? {} : { ReadSecrets }),
    DecryptSecrets: ReadSecrets === "Always" ? "HasSecretsKey" : "HasLeaveSecretsUnderKey",
  };
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: { Ref: nameParameter },
      Description: "cloudsync-operator: what a host may do",
      AssumeRolePolicyDocument: EC2_TRUST,
      Policies: [{ PolicyName: "cloudsync-host", PolicyDocument: templatePolicy(statements, onlyIf) }],
    },
  };
}

function profile(roleResource: string, nameParameter: string): object {
  return {
    Type: "AWS::IAM::InstanceProfile",
    Properties: { InstanceProfileName: { Ref: nameParameter }, Roles: [{ Ref: roleResource }] },
  };
}

const OUTPUT_BUCKET = {
  Type: "AWS::S3::Bucket",
  DeletionPolicy: "Retain",
  UpdateReplacePolicy: "Retain",
  Properties: {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
    },
    VersioningConfiguration: { Status: "Enabled" },
    OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    LifecycleConfiguration: {
      Rules: [
        {
          Id: "Expire",
          Status: "Enabled",
          ExpirationInDays: { Ref: "OutputRetentionDays" },
          NoncurrentVersionExpiration: { NoncurrentDays: { Ref: "OutputRetentionDays" } },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
    },
  },
};

const OUTPUT_BUCKET_POLICY = {
  Type: "AWS::S3::BucketPolicy",
  Properties: {
    Bucket: { Ref: "OutputBucket" },
    PolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OnlyOverTLS",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [{ "Fn::GetAtt": ["OutputBucket", "Arn"] }, { "Fn::Sub": "${OutputBucket.Arn}/*" }],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
          Sid: "OnlyHostsWrite",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: { "Fn::Sub": "${OutputBucket.Arn}/*" },
          Condition: {
            ArnNotEquals: {
              "aws:PrincipalArn": [
                { "Fn::GetAtt": ["BootstrapRole", "Arn"] },
                { "Fn::GetAtt": ["RuntimeRole", "Arn"] },
              ],
            },
          },
        },
      ],
    },
  },
};
