/** Every file of `deploy/aws` that is made from this folder, with its content. */
import { BOOTSTRAP_STATEMENTS, RUNTIME_STATEMENTS } from "./host-statements.ts";
import { OPERATOR_STATEMENTS } from "./operator-statements.ts";
import { readmeText } from "./readme.ts";
import { CONTROL_STATEMENTS } from "./service-control-statements.ts";
import type { StatementSource } from "./statement.ts";
import { policyDocument } from "./statement.ts";
import { template } from "./template.ts";

export function awsFiles(): readonly { readonly path: string; readonly text: string }[] {
  const policy = (name: string, statements: readonly StatementSource[]) => ({
    path: `deploy/aws/${name}.json`,
    text: jsonText(policyDocument(statements)),
  });
  return [
    policy("operator-policy", OPERATOR_STATEMENTS),
    policy("bootstrap-host-policy", BOOTSTRAP_STATEMENTS),
    policy("runtime-host-policy", RUNTIME_STATEMENTS),
    policy("service-control-policy", CONTROL_STATEMENTS),
    { path: "deploy/aws/cloudsync-operator.template.json", text: jsonText(template()) },
    { path: "deploy/aws/README.md", text: readmeText() },
  ];
}

/** Two spaces, one line feed at the end. */
function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
