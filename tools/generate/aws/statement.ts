/** What the generated policies are made of: statements with a reason for each action. Data types only. */

/**
 * A text may hold parameters of the template: `${OwnerId}` stands for its value; `${VpcIds}`, a list, only at the end of a text, which then
 * stands once for each value (substitution.ts).
 */
export interface StatementSource {
  readonly sid: string;
  readonly effect: "Allow" | "Deny";
  /** `service:Action` to the sentence of deploy/aws/README.md that says why it is there. */
  readonly actions: Readonly<Record<string, string>>;
  readonly resources: readonly string[];
  /** Operator, then key, then values. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The JSON of one policy with its parameters still in it: what `deploy/aws/*.json` holds and what the world reads. */
export function policyDocument(statements: readonly StatementSource[]): object {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: effect,
      Action: Object.keys(actions),
      Resource: resources,
      ...(conditions === undefined ? {} : { Condition: conditions }),
    })),
  };
}
