/** Puts a value at a field's place in a manifest, with whatever must stand around it. Pure. */
import type { StructuralSchema } from "../../../tools/generate/structural-schema.ts";
import type { Json, Manifest } from "../../integration/api/manifest.ts";
import { specSchemaOf, type WalkedKind } from "./field.ts";
import { mapKey } from "./texts.ts";
import { numbered } from "./values.ts";

type JsonObject = Readonly<Record<string, Json>>;

/** `undefined` removes the member. Items and map values stand alone in their list or map. */
export function placed(manifest: Manifest, path: string, value: Json | undefined): Manifest {
  const steps = path.split(/(?=\[\])|(?=\{\})|\./).slice(1);
  const kind = manifest.kind as WalkedKind;
  const spec = within(specSchemaOf(kind), { path: "spec", before: manifest.spec, steps, value });
  return { ...manifest, spec: spec as JsonObject };
}

interface Place {
  readonly path: string;
  readonly before: Json | undefined;
  readonly steps: readonly string[];
  readonly value: Json | undefined;
}

function within(schema: StructuralSchema, { path, before, steps, value }: Place): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (step === "[]") {
    const item = schema.items;
    const first = Array.isArray(before) ? (before as readonly Json[])[0] : undefined;
    const next = below(item, { path: `${path}[]`, before: first, steps: rest, value });
    return next === undefined ? [] : [next];
  }
  if (step === "{}") {
    const next = below(schema.additionalProperties, { path: `${path}{}`, before: undefined, steps: rest, value });
    return next === undefined ? {} : { [mapKey(0)]: next };
  }
  const object: JsonObject = isObject(before) ? before : (numbered(path, schema, 0) as JsonObject);
  const { [step]: member, ...others } = object;
  const next = below(schema.properties?.[step], { path: `${path}.${step}`, before: member, steps: rest, value });
  return next === undefined ? others : { ...others, [step]: next };
}

function below(schema: StructuralSchema | undefined, place: Place): Json | undefined {
  if (schema === undefined) throw new Error(`the schema has no ${place.path}`);
  return within(schema, place);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
