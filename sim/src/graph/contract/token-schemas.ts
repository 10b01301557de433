/** The small schemas of the token endpoint, which is no part of Graph: contracts/graph/token-endpoint.json. */
import { readFileSync } from "node:fs";

import type { ValidateFunction } from "ajv";
import { Ajv } from "ajv";

export interface TokenSchemas {
  readonly request: ValidateFunction;
  readonly answer: ValidateFunction;
  readonly error: ValidateFunction;
}

export function readTokenSchemas(folder: URL): TokenSchemas {
  const ajv = new Ajv({ strict: false });
  ajv.addSchema(JSON.parse(readFileSync(new URL("token-endpoint.json", folder), "utf8")) as object);
  const named = (name: string): ValidateFunction => {
    const validate = ajv.getSchema(`token-endpoint#/definitions/${name}`);
    if (validate === undefined) throw new Error(`no schema ${name} of the token endpoint`);
    return validate;
  };
  return { request: named("request"), answer: named("answer"), error: named("error") };
}
