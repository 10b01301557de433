/**
 * The OpenAPI extracts as a gate: which operation a call is, and what is wrong with its request or its answer.
 * Guarantees: nothing is read or compiled before it is needed, and then once; `$select` and `$expand` pass on every GET (entra-graph reference, 15).
 * Never: judges permissions or effects.
 */
import { readFileSync } from "node:fs";

import type { ValidateFunction } from "ajv";
import { Ajv } from "ajv";

import type { GraphMethod, GraphVersion } from "../operation.ts";
import { FORMATS } from "./formats.ts";
import { PathRouter } from "./paths.ts";
import type { Json } from "./schema.ts";
import { readTokenSchemas, type TokenSchemas } from "./token-schemas.ts";
import { component, converted, isObject } from "./schema.ts";

export interface ContractOperation {
  /** `operationId` of the extract. */
  readonly id: string;
  readonly version: GraphVersion;
  readonly method: GraphMethod;
  readonly path: string;
  /** Application permissions of which one is enough; `undefined` where the extract lists none. */
  readonly permissions: readonly string[] | undefined;
  readonly delegated: readonly string[];
  /** Its items are of several types, so each names its own; elsewhere the type is known and not written. */
  readonly isPolymorphic: boolean;
  /** Undeclared query options. */
  undeclaredOptions(names: readonly string[]): readonly string[];
  /** What is wrong with the request's body; `undefined`: nothing. */
  requestProblem(body: unknown): string | undefined;
  responseProblem(status: number, body: unknown): string | undefined;
}

export interface ContractMatch {
  readonly operation: ContractOperation;
  readonly params: Readonly<Record<string, string>>;
}

const FOLDER = new URL("../../../../contracts/graph/", import.meta.url);
const METHODS: readonly GraphMethod[] = ["GET", "POST", "PATCH", "PUT", "DELETE"];

export class GraphContract {
  readonly #folder: URL;
  #tokenSchemas: TokenSchemas | undefined;
  readonly #versions = new Map<GraphVersion, VersionContract>();

  constructor(folder: URL = FOLDER) {
    this.#folder = folder;
  }

  /** @param path below the version, without query */
  match(version: GraphVersion, method: string, path: string): ContractMatch | undefined {
    return this.#version(version).match(method, path);
  }

  operations(version: GraphVersion): readonly ContractOperation[] {
    return this.#version(version).operations;
  }

  tokenSchemas(): TokenSchemas {
    this.#tokenSchemas ??= readTokenSchemas(this.#folder);
    return this.#tokenSchemas;
  }

  #version(version: GraphVersion): VersionContract {
    const held = this.#versions.get(version) ?? readVersion(version, this.#folder);
    this.#versions.set(version, held);
    return held;
  }
}

interface VersionContract {
  readonly operations: readonly ContractOperation[];
  match(method: string, path: string): ContractMatch | undefined;
}

function readVersion(version: GraphVersion, folder: URL): VersionContract {
  const text = readFileSync(new URL(`graph-${version}-subset.generated.json`, folder), "utf8");
  const document = JSON.parse(text) as Document;
  const schemas = { components: version === "beta" ? withObjectIDs(document) : document.components.schemas };
  const ajv = new Ajv({ strict: false, formats: { ...FORMATS }, validateSchema: false });
  for (const name of Object.keys(schemas.components)) ajv.addSchema(component(name, schemas));
  const router = new PathRouter<ContractOperation>();
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const declared = item[method.toLowerCase()];
      if (!isObject(declared)) return [];
      const operation = contractOperation(declared, {
        version,
        method,
        path,
        compile: (schema) => ajv.compile(converted(schema, schemas)),
        explain: (validate) => ajv.errorsText(validate.errors, { dataVar: "body" }),
      });
      router.add(method, path, operation);
      return [operation];
    }),
  );
  return {
    operations,
    match(method, path) {
      const found = router.match(method, path);
      return found === undefined ? undefined : { operation: found.target, params: found.params };
    },
  };
}

interface Document {
  readonly paths: Readonly<Record<string, Json>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const INSTANTIATED = "microsoft.graph.applicationServicePrincipal";

/** Beta's samples of instantiate carry `objectId` in both inner objects; no CSDL knows it (entra-graph reference, 2.1). */
function withObjectIDs({ components: { schemas } }: Document): Readonly<Record<string, Json>> {
  const both = (name: string): Json => ({
    allOf: [
      { $ref: `#/components/schemas/microsoft.graph.${name}` },
      { type: "object", properties: { objectId: { type: "string", format: "uuid" } } },
    ],
  });
  const properties = { application: both("application"), servicePrincipal: both("servicePrincipal") };
  return { ...schemas, [INSTANTIATED]: { type: "object", properties } };
}

interface OperationParts {
  readonly version: GraphVersion;
  readonly method: GraphMethod;
  readonly path: string;
  readonly compile: (schema: unknown) => ValidateFunction;
  readonly explain: (validate: ValidateFunction) => string;
}

function contractOperation(declared: Json, parts: OperationParts): ContractOperation {
  const { version, method, path, compile, explain } = parts;
  const problemBy = (schema: unknown): ((body: unknown) => string | undefined) => {
    let validate: ValidateFunction | undefined;
    return (body) => {
      validate ??= compile(schema);
      return validate(body) ? undefined : explain(validate);
    };
  };
  const request = isObject(declared.requestBody) ? declared.requestBody : undefined;
  const requestSchema = request === undefined ? undefined : contentSchema(request);
  const requestProblem = requestSchema === undefined ? undefined : problemBy(requestSchema);
  const responses = isObject(declared.responses) ? declared.responses : {};
  const statuses = Object.keys(responses);
  const responseProblems = new Map(
    Object.entries(responses).flatMap(([status, response]) => {
      const schema = isObject(response) ? contentSchema(response) : undefined;
      return schema === undefined ? [] : [[status, problemBy(schema)] as const];
    }),
  );
  const options = new Set(queryOptions(declared));
  return {
    id: String(declared.operationId),
    version,
    method,
    path,
    permissions: permissionsOf(declared, "application"),
    delegated: permissionsOf(declared, "delegatedWork") ?? [],
    isPolymorphic: JSON.stringify(responses).includes('"#/components/schemas/microsoft.graph.directoryObject"'),
    undeclaredOptions: (names) =>
      names.filter((name) => !options.has(name) && !(method === "GET" && GENERAL_OPTIONS.includes(name))),
    requestProblem(body) {
      if (requestProblem !== undefined) {
        if (body !== undefined) return requestProblem(body);
        return request?.required === true ? "a body is required" : undefined;
      }
      // Actions without parameters take `{}` as well as nothing.
      const isEmpty = body === undefined || (isObject(body) && Object.keys(body).length === 0);
      return isEmpty ? undefined : "no body is declared";
    },
    responseProblem(status, body) {
      if (status >= 400) return undefined;
      if (!statuses.includes(String(status))) return `status ${status} is not among ${statuses.join(", ")}`;
      const problem = responseProblems.get(String(status));
      if (problem !== undefined) return problem(body);
      return body === undefined ? undefined : "an answer without content has a body";
    },
  };
}

const GENERAL_OPTIONS = ["$select", "$expand"];

function contentSchema({ content }: Json): unknown {
  if (!isObject(content)) return undefined;
  const media = content["application/json"] ?? content["text/plain"];
  return isObject(media) ? media.schema : undefined;
}

/** References to shared parameters are by their short names: `select` is `$select`. */
function queryOptions({ parameters }: Json): readonly string[] {
  return (Array.isArray(parameters) ? parameters : []).flatMap((parameter: unknown) => {
    if (!isObject(parameter)) return [];
    if (typeof parameter.$ref === "string") return [`$${parameter.$ref.slice(parameter.$ref.lastIndexOf("/") + 1)}`];
    return parameter.in === "query" ? [String(parameter.name)] : [];
  });
}

function permissionsOf({ "x-permissions": declared }: Json, kind: string): readonly string[] | undefined {
  const listed = isObject(declared) ? declared[kind] : undefined;
  if (!isObject(listed)) return listed === undefined ? undefined : [];
  return [listed.least, listed.other].flat().filter((name) => typeof name === "string");
}
