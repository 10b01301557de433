/** Every file of `deploy/aws` that is made from this folder, with its content. */
import { jsonText } from "./file-text.ts";
import { OPERATOR_STATEMENTS } from "./operator-statements.ts";
import { policyDocument } from "./statement.ts";

export function awsFiles(): readonly { readonly path: string; readonly text: string }[] {
  return [{ path: "deploy/aws/operator-policy.json", text: jsonText(policyDocument(OPERATOR_STATEMENTS)) }];
}
