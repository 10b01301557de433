/**
 * The parts that the built-in kinds share: decoding by a schema, times in the form in which the server writes them.
 * Never: the server's 400 for a member of the wrong type: nobody here sends one, so it ends the run.
 */
import { NO_FIELDS } from "./fields/field-set.ts";
import type { MergeType } from "./fields/merge-type.ts";
import type { Json, JsonObject } from "./json.ts";
import { textAt } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { badRequest } from "./refusal.ts";
import { admit } from "./schema/admit.ts";
import { mergeTypeOf, objectType } from "./schema/merge-types.ts";
import { readSchema } from "./schema/schema.ts";
import type { Schema } from "./schema/schema.ts";
import { validate } from "./schema/validate.ts";
import { UnsupportedRequest } from "./unsupported.ts";

export const TEXT: JsonObject = { type: "string" };
export const INTEGER: JsonObject = { type: "integer" };
export const FLAG: JsonObject = { type: "boolean" };
export const TEXTS: JsonObject = { type: "array", items: TEXT };

export function record(properties: Readonly<Record<string, JsonObject>>): JsonObject {
  return { type: "object", properties };
}

export type BuiltIn = Pick<Kind, "group" | "version" | "kind" | "plural" | "isNamespaced"> & {
  readonly members: Readonly<Record<string, JsonObject>>;
} & Partial<Kind>;

export function builtInKind({ members, ...given }: BuiltIn): Kind {
  const any: JsonObject = { "x-kubernetes-preserve-unknown-fields": true };
  const standard = { apiVersion: any, kind: any, metadata: any };
  const schema = readSchema(record({ ...members, ...standard }));
  const own = Object.keys(members).map((name): [string, MergeType] => [name, typeOf(schema, name)]);
  const decode = (object: JsonObject): JsonObject => {
    const decoded = admit(object, schema, { keepsNulls: false }) as JsonObject;
    const wrong = validate(decoded, undefined, schema)[0];
    if (wrong !== undefined) throw new UnsupportedRequest(`${given.kind} ${wrong.field}: ${wrong.message}`, object);
    const full = { ...given.empty, ...decoded };
    return Object.freeze(given.admit?.(full) ?? full);
  };
  return {
    listKind: `${given.kind}List`,
    type: objectType(new Map(own)),
    hasStatus: false,
    hasGeneration: false,
    scale: undefined,
    allowsUnconditionalUpdate: false,
    allowsCreateOnUpdate: false,
    returnsDeleted: false,
    isBuiltIn: true,
    initial: (object) => object,
    empty: {},
    invalidGroup: given.group,
    validate: () => [],
    reset: { main: NO_FIELDS, status: NO_FIELDS },
    ...given,
    admit: decode,
    admitApplied: decode,
  };
}

function typeOf(schema: Schema, name: string): MergeType {
  const member = schema.properties.get(name);
  if (member === undefined) throw new Error(`no member ${name}`);
  return mergeTypeOf(member);
}

/**
 * metav1.MicroTime: six digits of a second, or the body is not decoded.
 * A person's tool may write none and is refused, as by the real server.
 */
export function requireMicroTimes(object: JsonObject, times: readonly (Json | undefined)[]): void {
  for (const time of times) {
    if (typeof time !== "string" || /T\d{2}:\d{2}:\d{2}\.\d{6}(Z|[+-]\d{2}:\d{2})$/.test(time)) continue;
    const kind = textAt(object, "kind") ?? "";
    const rest = time.replace(/^.*T\d{2}:\d{2}:\d{2}/, "");
    throw badRequest(
      `${kind} in version "v1" cannot be handled as a ${kind}: parsing time "${time}" as ` +
        `"2006-01-02T15:04:05.000000Z07:00": cannot parse "${rest}" as ".000000"`,
    );
  }
}
