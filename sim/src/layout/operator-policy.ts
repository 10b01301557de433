/**
 * The policy that is shipped for the operator, as `deploy/aws/operator-policy.json` holds it, with the template's parameters filled in.
 * Guarantees: nothing of the file is changed but its parameters: what the world evaluates is what an administrator attaches.
 * The reading of parameters is the world's own: `${Name}` is replaced; a text with a list parameter stands once for each value;
 * a statement whose Resource is left empty is absent, as in the template.
 */
import shipped from "../../../deploy/aws/operator-policy.json" with { type: "json" };
import type { PolicyDocument } from "../iam/document.ts";

/** Named as the parameters of deploy/aws/cloudsync-operator.template.json. */
export interface OperatorPolicyParameters {
  readonly accountID: string;
  readonly region: string;
  readonly ownerID: string;
  readonly vpcIDs: readonly string[];
  readonly imageOwners: readonly string[];
  readonly bootstrapRoleName: string;
  readonly runtimeRoleName: string;
  readonly poolRoleARNs: readonly string[];
}

export function operatorPolicy(parameters: OperatorPolicyParameters): PolicyDocument {
  const fill = filler(parameters);
  const statements = shipped.Statement.map((statement) => ({ ...statement, ...filled(statement, fill) }));
  return { ...shipped, Statement: statements.filter(({ Resource }) => Resource.length > 0) };
}

type Fill = (text: string) => readonly string[];
type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

function filler(parameters: OperatorPolicyParameters): Fill {
  const values = new Map<string, readonly string[]>(
    Object.entries({
      "AWS::Partition": ["aws"],
      "AWS::AccountId": [parameters.accountID],
      "AWS::Region": [parameters.region],
      OwnerId: [parameters.ownerID],
      VpcIds: parameters.vpcIDs,
      ImageOwners: parameters.imageOwners,
      BootstrapRoleName: [parameters.bootstrapRoleName],
      RuntimeRoleName: [parameters.runtimeRoleName],
      PoolRoleArns: parameters.poolRoleARNs,
    }),
  );
  const fill: Fill = (text) => {
    const name = /\$\{([^}]+)\}/.exec(text)?.[1];
    if (name === undefined) return [text];
    const known = values.get(name);
    if (known === undefined)
      throw new Error(`the shipped policy has a parameter that the world does not fill: ${name}`);
    return known.flatMap((value) => fill(text.replaceAll(`\${${name}}`, value)));
  };
  return fill;
}

function filled(
  { Resource, Condition }: { readonly Resource: readonly string[]; readonly Condition?: Conditions },
  fill: Fill,
): { readonly Resource: readonly string[]; readonly Condition?: Conditions } {
  const resources = Resource.flatMap(fill);
  if (Condition === undefined) return { Resource: resources };
  const operators = Object.entries(Condition).map(([operator, keys]) => {
    const lines = Object.entries(keys).map(([key, value]) => [key, [value].flat().flatMap(fill)] as const);
    return [operator, Object.fromEntries(lines)] as const;
  });
  return { Resource: resources, Condition: Object.fromEntries(operators) };
}
