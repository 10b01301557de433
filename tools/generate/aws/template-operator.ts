/**
 * The operator's policy and role. Guarantees: the policy is the one of operator-policy.json; each trust names one service account, or one role
 * with an external id.
 * @see EKS User Guide, "IAM roles for service accounts", "EKS Pod Identity" (trust policy, session tags)
 */
import { templatePolicy } from "./cloudformation-policy.ts";
import { OPERATOR_STATEMENTS, POOL_ROLES_SID } from "./operator-statements.ts";

export function operatorResources(): Readonly<Record<string, object>> {
  return {
    OperatorPolicy: {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: {
        Description: "cloudsync-operator: what the operator may do in this account and Region",
        PolicyDocument: templatePolicy(OPERATOR_STATEMENTS, { [POOL_ROLES_SID]: "HasPoolRoles" }),
      },
    },
    OperatorRole: {
      Type: "AWS::IAM::Role",
      Condition: "HasOperatorRole",
      Properties: {
        RoleName: { Ref: "OperatorRoleName" },
        Description: "cloudsync-operator",
        AssumeRolePolicyDocument: {
          "Fn::If": ["IsIRSA", IRSA_TRUST, { "Fn::If": ["IsPodIdentity", POD_IDENTITY_TRUST, ASSUMED_ROLE_TRUST] }],
        },
        ManagedPolicyArns: [{ Ref: "OperatorPolicy" }],
      },
    },
    OperatorPodIdentity: {
      Type: "AWS::EKS::PodIdentityAssociation",
      Condition: "IsPodIdentity",
      Properties: {
        ClusterName: { Ref: "ClusterName" },
        Namespace: { Ref: "OperatorNamespace" },
        ServiceAccount: { Ref: "OperatorServiceAccount" },
        RoleArn: { "Fn::GetAtt": ["OperatorRole", "Arn"] },
      },
    },
  };
}

/** As text: the issuer is part of a key, and CloudFormation puts no parameters into keys. */
const IRSA_TRUST = {
  "Fn::Sub": JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: "${OidcProviderArn}" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "${OidcIssuer}:sub": "system:serviceaccount:${OperatorNamespace}:${OperatorServiceAccount}",
            "${OidcIssuer}:aud": "sts.amazonaws.com",
          },
        },
      },
    ],
  }),
};

const POD_IDENTITY_TRUST = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:RequestTag/eks-cluster-arn": {
            "Fn::Sub": "arn:${AWS::Partition}:eks:${AWS::Region}:${AWS::AccountId}:cluster/${ClusterName}",
          },
          "aws:RequestTag/kubernetes-namespace": { Ref: "OperatorNamespace" },
          "aws:RequestTag/kubernetes-service-account": { Ref: "OperatorServiceAccount" },
        },
      },
    },
  ],
};

const ASSUMED_ROLE_TRUST = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: { Ref: "TrustedPrincipalArn" } },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": { Ref: "ExternalId" } } },
    },
  ],
};
