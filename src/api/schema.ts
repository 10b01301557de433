/**
 * The words in which every kind is written: zod schemas that also carry what a CRD needs.
 * Guarantees: one declaration gives the TypeScript type, the parser, the CRD and the reference page; every text, list and map is bounded.
 * Never: a default inside a list item (Argo CD would show it as a lasting difference), an unbounded value.
 */
import * as z from "zod";

/** One CEL rule as the CRD carries it; the message says what to do. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
}

/** Read-only all the way down: what caches hand out is frozen. */
export type Frozen<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : { readonly [Key in keyof T]: Frozen<T[Key]> };

/** The type of a parsed value: defaults applied, absent stays absent. */
export type Infer<Schema extends z.ZodType> = Frozen<z.output<Schema>>;

export interface TextBounds {
  readonly max: number;
  readonly min?: number;
  readonly pattern?: RegExp;
  readonly rules?: readonly Rule[];
}

export function text(description: string, { max, min = 1, pattern, rules = [] }: TextBounds) {
  const bounded = z.string().min(min).max(max);
  return annotated(pattern === undefined ? bounded : bounded.regex(pattern), description, rules);
}

/** An instant, as Kubernetes writes it (RFC 3339). */
export function instant(description: string) {
  return described(z.string().max(40), { description, format: "date-time" });
}

export function words<const Words extends readonly [string, ...string[]]>(
  description: string,
  allowed: Words,
  rules: readonly Rule[] = [],
) {
  return annotated(z.enum(allowed), description, rules);
}

export function whole(description: string, { min, max }: { readonly min: number; readonly max: number }) {
  return described(z.int().min(min).max(max), { description });
}

/** Only where a third value is impossible; everything else is words. */
export function flag(description: string) {
  return described(z.boolean(), { description });
}

export function object<Shape extends z.ZodRawShape>(description: string, shape: Shape, rules: readonly Rule[] = []) {
  return annotated(z.object(shape), description, rules);
}

export interface ListBounds {
  readonly max: number;
  readonly min?: number;
  readonly rules?: readonly Rule[];
}

/** An ordered list, or one without a key: replaced as a whole by server-side apply. */
export function atomicList<Item extends z.ZodType>(description: string, item: Item, bounds: ListBounds) {
  return listOf(description, item, bounds, { "x-kubernetes-list-type": "atomic" });
}

/** Scalars without order or repetition. */
export function setList<Item extends z.ZodType>(description: string, item: Item, bounds: ListBounds) {
  return listOf(description, item, bounds, { "x-kubernetes-list-type": "set" });
}

/** Items with a name: each is owned on its own by server-side apply. */
export function mapList<Item extends z.ZodType>(
  description: string,
  item: Item,
  keys: readonly string[],
  bounds: ListBounds,
) {
  return listOf(description, item, bounds, { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys });
}

export interface MapBounds {
  readonly max: number;
  readonly valueMax: number;
  readonly rules?: readonly Rule[];
}

/** Free keys with bounded values, such as tags. */
export function textMap(description: string, { max, valueMax, rules = [] }: MapBounds) {
  const map = described(z.record(z.string(), z.string().max(valueMax)), { maxProperties: max });
  return annotated(map, description, rules);
}

/** Absent, never `undefined`: absent differs from every value. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.exactOptional(schema);
}

/** An object whose members all have defaults: present even when the user wrote nothing. */
export function defaulted<Shape extends z.ZodRawShape>(description: string, shape: Shape, rules: readonly Rule[] = []) {
  const schema = object(description, shape, rules);
  // prefault, not default: the empty object still goes through the schema, so that the members get theirs.
  // The cast: zod cannot see that every member has a default; parse.test.ts and the API server's tests do.
  return schema.prefault({} as z.input<typeof schema>);
}

export function immutable(fieldPhrase: string, wayOut: string): Rule {
  return { rule: "self == oldSelf", message: `${fieldPhrase} cannot be changed: ${wayOut}` };
}

function listOf<Item extends z.ZodType>(
  description: string,
  item: Item,
  { max, min = 0, rules = [] }: ListBounds,
  listType: Readonly<Record<string, unknown>>,
) {
  const list = described(z.array(item).max(max), listType);
  return annotated(min > 0 ? described(list.min(min), listType) : list, description, rules);
}

function annotated<Schema extends z.ZodType>(schema: Schema, description: string, rules: readonly Rule[]): Schema {
  return described(schema, {
    ...schema.meta(),
    description,
    ...(rules.length > 0 ? { "x-kubernetes-validations": rules } : {}),
  });
}

/** CRDs and pages are made from sources. In the bundle the texts would stay on the heap with every schema, and `meta` makes a copy of it. */
const IS_DESCRIBED = globalThis.CLOUDSYNC_BUILD === undefined;

function described<Schema extends z.ZodType>(schema: Schema, meta: z.core.GlobalMeta): Schema {
  return IS_DESCRIBED ? schema.meta(meta) : schema;
}
