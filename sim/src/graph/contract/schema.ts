/**
 * From an OpenAPI 3.0 schema of the Graph extracts to a JSON Schema that is strict where the service is.
 * Guarantees: an undeclared member of a typed object is an error; annotations (`@odata.type`, `members@delta`) and directory extensions
 * (`extension_<appId>_<name>`, of types that have them) pass; types that were cut (`x-cut-type`) stay open. Pure.
 */
export type Json = Readonly<Record<string, unknown>>;

const REFERENCE = "#/components/schemas/";
const ANNOTATION = "@";
const EXTENSION = "^extension_[0-9a-f]{32}_";
const DIRECTORY_OBJECT = "microsoft.graph.directoryObject";

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export interface Schemas {
  readonly components: Readonly<Record<string, Json>>;
}

/** A component as a schema of its own, named as in the extract. */
export function component(name: string, schemas: Schemas): Json {
  const schema = name === DIRECTORY_OBJECT ? anyDirectoryObject(schemas) : converted(schemas.components[name], schemas);
  return { $id: name, ...schema, ...(CASE_VARIES.has(name) && { enum: bothCases(schema.enum) }) };
}

/** Enums whose letter case varies between declaration and vendor samples (entra-graph reference, 5.2): "success" and "Success" are one. */
const CASE_VARIES = new Set(
  [
    "provisioningAction",
    "provisioningResult",
    "provisioningStepType",
    "provisioningStatusErrorCategory",
    "initiatorType",
  ].map((name) => `microsoft.graph.${name}`),
);

function bothCases(words: unknown): readonly unknown[] {
  return listOf(words).flatMap((word) =>
    typeof word === "string" ? [word, word.charAt(0).toUpperCase() + word.slice(1)] : [word],
  );
}

/** A schema of an operation; it refers to {@link component}s by their names. */
export function converted(schema: unknown, schemas: Schemas): Json {
  if (!isObject(schema)) return {};
  if (typeof schema.$ref === "string") return { $ref: schema.$ref.slice(REFERENCE.length) };
  if (Array.isArray(schema.anyOf)) return { anyOf: schema.anyOf.map((option) => alternative(option, schemas)) };
  if (Array.isArray(schema.allOf) || isObject(schema.properties)) return objectSchema(schema, schemas);
  return plain(schema, schemas);
}

/** `{nullable: true, type: object}` beside a reference says "or null"; read as written it would let every object pass. */
function alternative(option: unknown, schemas: Schemas): Json {
  if (isObject(option) && option.nullable === true && (option.properties === undefined || Array.isArray(option.enum)))
    return { type: "null" };
  return converted(option, schemas);
}

function plain(
  { type, format, enum: words, nullable, items, minimum, maximum, ...rest }: Json,
  schemas: Schemas,
): Json {
  const isNullable = nullable === true;
  return {
    ...(typeof type === "string" && { type: isNullable ? [type, "null"] : type }),
    ...(typeof format === "string" && KNOWN_FORMATS.has(format) && { format }),
    ...(words !== undefined && { enum: isNullable ? [...new Set([...listOf(words), null])] : words }),
    ...(items !== undefined && { items: converted(items, schemas) }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(isObject(rest.additionalProperties) && {
      additionalProperties: converted(rest.additionalProperties, schemas),
    }),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function referenced(schema: unknown): string | undefined {
  return isObject(schema) && typeof schema.$ref === "string" ? schema.$ref.slice(REFERENCE.length) : undefined;
}

const KNOWN_FORMATS = new Set(["date-time", "uuid", "duration", "date"]);

interface Members {
  readonly properties: Readonly<Record<string, Json>>;
  readonly required: readonly string[];
  readonly isOpen: boolean;
  /** Open for directory extensions only; other open types (`detailsInfo`, values of an expression's input) take any member. */
  readonly isOfDirectory: boolean;
}

function objectSchema(schema: Json, schemas: Schemas): Json {
  const { properties, required, isOpen, isOfDirectory } = membersOf(schema, schemas);
  const isNullable = schema.nullable === true;
  return {
    type: isNullable ? ["object", "null"] : "object",
    properties,
    ...(required.length > 0 && { required }),
    patternProperties: { [ANNOTATION]: {}, ...(isOpen && { [EXTENSION]: {} }) },
    additionalProperties: isOpen && !isOfDirectory,
  };
}

/** Own members with those of every base, the base's type among them. */
function membersOf(schema: Json, schemas: Schemas): Members {
  const bases = listOf(schema.allOf).map((base) => {
    const named = referenced(base);
    const inner = named === undefined ? base : schemas.components[named];
    return membersOf(isObject(inner) ? inner : {}, schemas);
  });
  const isOfDirectoryObject = listOf(schema.allOf).some((base) => referenced(base) === DIRECTORY_OBJECT);
  const own = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  return {
    properties: {
      ...Object.fromEntries(bases.flatMap(({ properties }) => Object.entries(properties))),
      ...Object.fromEntries(own.map(([name, value]) => [name, memberSchema(value, schemas, isOfDirectoryObject)])),
    },
    required: [
      ...bases.flatMap(({ required }) => required),
      ...listOf(schema.required).filter((name) => typeof name === "string"),
    ],
    isOpen: schema.additionalProperties === true || bases.some(({ isOpen }) => isOpen),
    isOfDirectory: isOfDirectoryObject || bases.some(({ isOfDirectory }) => isOfDirectory),
  };
}

/**
 * Navigation properties of directory objects lead from each type to every other: judged in full, a list of groups would compile the whole document.
 * What `$expand` adds to such an object is only told list from object; entities of other kinds (jobs with their schema) are judged in full.
 */
function memberSchema(value: unknown, schemas: Schemas, isOfDirectoryObject: boolean): Json {
  const isFar = isOfDirectoryObject && isObject(value) && value["x-ms-navigationProperty"] === true;
  if (!isFar) return converted(value, schemas);
  return value.type === "array" ? { type: "array", items: { type: "object" } } : { type: ["object", "null"] };
}

/** A list of directory objects holds users, groups and more: each is judged by the type that it names. */
function anyDirectoryObject(schemas: Schemas): Json {
  const named = KINDS.filter((kind) => schemas.components[`microsoft.graph.${kind}`] !== undefined);
  return {
    type: "object",
    required: ["@odata.type"],
    allOf: named.map((kind) => ({
      if: { properties: { "@odata.type": { const: `#microsoft.graph.${kind}` } } },
      then: { $ref: `microsoft.graph.${kind}` },
    })),
  };
}
const KINDS = ["user", "group", "application", "servicePrincipal", "orgContact", "directoryRole", "administrativeUnit"];
