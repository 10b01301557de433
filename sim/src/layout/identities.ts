/**
 * Who may sign in the default world, and what each may do: the operator and its pools' roles under exactly the shipped policy, filled in for
 * one owner id, and an administrator who may do everything.
 */
import type { PolicyDocument } from "../iam/document.ts";
import type { IAMLayout } from "./iam.ts";
import { operatorPolicy } from "./operator-policy.ts";

export const ACCOUNT_ID = "111122223333";
export const OTHER_ACCOUNT_ID = "444455556666";
export const REGION = "ap-northeast-1";
/** Keys by name: their secret may be any text, signatures are not verified. */
export const OPERATOR_KEY = "AKIACLOUDSYNCOPERATOR";
export const ADMIN_KEY = "AKIACLOUDSYNCADMIN00";
/** Of the operator that the default world knows: its `--owner-id`. */
export const OWNER_ID = "cloudsync";

const CLUSTER_AUDIENCES = ["sts.amazonaws.com"];
const VPCS: Readonly<Record<string, string>> = { [ACCOUNT_ID]: "vpc-0cloudsync", [OTHER_ACCOUNT_ID]: "vpc-0other" };
/** Profiles that hosts are launched with and that take their place; each holds a role of its own name. */
const BOOTSTRAP = "cloudsync-agent";
const RUNTIME = "cloudsync-runtime";
/** Roles that pools name; their trust asks for an external id. */
const POOL_ROLES = [ACCOUNT_ID, OTHER_ACCOUNT_ID].map((accountID) => `arn:aws:iam::${accountID}:role/cloudsync-fleet`);

export const ADMINISTRATOR_POLICY: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
};

/** The identities of a world whose operator runs with this owner id. */
export function identitiesFor(ownerID: string): IAMLayout {
  const policies = new Map(Object.keys(VPCS).map((accountID) => [accountID, [shippedFor(accountID, ownerID)]]));
  const role = (accountID: string, name: string, trust: IAMLayout["roles"][number]["trust"]) => ({
    arn: `arn:aws:iam::${accountID}:role/${name}`,
    trust,
    policies: policies.get(accountID) ?? [],
  });
  const serviceAccount = (name: string) => ({
    webIdentity: { subjects: [`system:serviceaccount:*:${name}`], audiences: CLUSTER_AUDIENCES },
  });
  const withExternalID = { principals: [`arn:aws:iam::${ACCOUNT_ID}:*`], externalID: "*/identity" };
  return {
    accessKeys: [
      {
        accessKeyID: OPERATOR_KEY,
        principalARN: `arn:aws:iam::${ACCOUNT_ID}:user/cloudsync-operator`,
        policies: policies.get(ACCOUNT_ID) ?? [],
      },
      {
        accessKeyID: ADMIN_KEY,
        principalARN: `arn:aws:iam::${ACCOUNT_ID}:user/administrator`,
        policies: [ADMINISTRATOR_POLICY],
      },
    ],
    roles: [
      // The operator's own identity where its service account has a web identity (IRSA).
      role(ACCOUNT_ID, "cloudsync-operator", serviceAccount("cloudsync-operator")),
      // A namespace's own service account.
      role(ACCOUNT_ID, "aws-fleet", serviceAccount("aws-fleet")),
      role(ACCOUNT_ID, "cloudsync-fleet", withExternalID),
      role(OTHER_ACCOUNT_ID, "cloudsync-fleet", withExternalID),
    ],
    instanceProfiles: [
      { accountID: ACCOUNT_ID, name: BOOTSTRAP },
      { accountID: ACCOUNT_ID, name: RUNTIME },
      { accountID: OTHER_ACCOUNT_ID, name: BOOTSTRAP },
      { accountID: OTHER_ACCOUNT_ID, name: RUNTIME },
    ],
  };
}

export function shippedFor(accountID: string, ownerID: string): PolicyDocument {
  return operatorPolicy({
    accountID,
    region: REGION,
    ownerID,
    vpcIDs: [VPCS[accountID] ?? ""],
    imageOwners: ["amazon"],
    bootstrapRoleName: BOOTSTRAP,
    runtimeRoleName: RUNTIME,
    poolRoleARNs: accountID === ACCOUNT_ID ? POOL_ROLES : [],
  });
}
