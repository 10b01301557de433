/** docs/api-reference.md: every field with its type, default, bounds and meaning, and every rule with its sentence. */
import { CONDITION_TYPES, COMMON_CONDITIONS } from "../../src/api/conditions.ts";
import type { KindDefinition } from "../../src/api/definition.ts";
import { API_GROUP_VERSION, FINALIZERS } from "../../src/api/kinds.ts";
import { rootSchema } from "./crd.ts";
import { walkSchema, type StructuralSchema } from "./structural-schema.ts";

const INTRODUCTION = `<!-- Generated from src/api by tools/generate/main.ts. Do not edit. -->
# API reference

All kinds are of group and version \`${API_GROUP_VERSION}\`, namespaced, and in the category \`cloudsync\` (\`kubectl get cloudsync\`).
A field marked *required* must be set; every other one has a default or may be absent. Bounds and rules are enforced by the API server.

## Annotations on every kind

| Annotation | Meaning |
| --- | --- |
| \`cloudsync.dev/paused: "true"\` | No write outside the cluster; status is still kept, with condition \`Paused=True\`, and \`Ready\` stays truthful. |
| \`cloudsync.dev/release: "true"\` | Deletion lets go without touching anything outside; what was left is in an event and in the pool's \`status.released\`. |
| \`cloudsync.dev/requested-at: <time>\` | Do it again now (test, preflight, check); \`status.lastHandledRequest\` answers. |
| \`cloudsync.dev/terminate-now: <instanceID>\` | On a \`CloudSyncAgent\`: a compromised host goes at once, floor or not. |

Finalizers: ${Object.values(FINALIZERS)
  .map((name) => `\`${name}\``)
  .join(", ")}.
Conditions on every kind: ${COMMON_CONDITIONS.map((type) => `\`${type}\``).join(", ")}.
`;

export function referencePage(definitions: readonly KindDefinition[]): string {
  return [INTRODUCTION, ...definitions.map(kindSection)].join("\n");
}

function kindSection(definition: KindDefinition): string {
  const { resource, shortNames, description, columns } = definition;
  const schema = rootSchema(definition);
  const names = [resource.plural, ...shortNames].map((name) => `\`${name}\``).join(", ");
  const kind = resource.kind;
  const conditionTypes = isConditionKind(kind) ? CONDITION_TYPES[kind] : [];
  return [
    `## ${kind}\n`,
    `${description}\n`,
    `kubectl names: ${names}. Columns: ${columns.map((column) => column.name.toUpperCase()).join(", ")}.`,
    `Conditions: ${conditionTypes.map((type) => `\`${type}\``).join(", ")}.\n`,
    "### Spec\n",
    fieldTable(schema.properties?.spec, "spec"),
    "### Rules\n",
    ruleTable(schema),
    "### Status\n",
    fieldTable(schema.properties?.status, "status"),
  ].join("\n");
}

function fieldTable(schema: StructuralSchema | undefined, root: string): string {
  if (schema === undefined) throw new Error(`no schema of ${root}`);
  const rows: string[] = ["| Field | Type | Default | Bounds | Meaning |", "| --- | --- | --- | --- | --- |"];
  visitFields(schema, root, (member, path, isRequired) => {
    const fallback = isRequired ? "*required*" : code(member.default);
    rows.push(
      `| \`${path}\` | ${typeText(member)} | ${fallback} | ${boundsText(member)} | ${cell(member.description ?? "")} |`,
    );
  });
  return `${rows.join("\n")}\n`;
}

function visitFields(
  schema: StructuralSchema,
  path: string,
  visit: (member: StructuralSchema, path: string, isRequired: boolean) => void,
): void {
  const required = new Set(schema.required ?? []);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    visit(member, `${path}.${name}`, required.has(name));
    visitFields(member, `${path}.${name}`, visit);
    if (member.items?.properties !== undefined) visitFields(member.items, `${path}.${name}[]`, visit);
  }
}

function ruleTable(schema: StructuralSchema): string {
  const rows: string[] = ["| Where | Refused with | CEL |", "| --- | --- | --- |"];
  walkSchema(schema, "", ({ "x-kubernetes-validations": rules = [] }, path) => {
    // Bounds of durations stand with their fields.
    for (const { rule, message } of rules.filter(({ rule }) => !rule.startsWith("duration(self) ")))
      rows.push(`| \`${path || "."}\` | ${cell(message)} | ${code(rule)} |`);
  });
  return `${rows.join("\n")}\n`;
}

function typeText({ type, items, enum: allowed, "x-kubernetes-list-type": listType }: StructuralSchema): string {
  if (allowed !== undefined) return allowed.map((word) => `\`${word}\``).join(", ");
  if (items !== undefined) return `${listType ?? "list"} of ${typeText(items)}`;
  return type;
}

function boundsText(schema: StructuralSchema): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, maxProperties, pattern } = schema;
  const parts = [
    minimum === undefined ? "" : `at least ${minimum}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? "" : `at most ${maximum}`,
    minLength === undefined || minLength < 2 ? "" : `at least ${minLength} characters`,
    maxLength === undefined ? "" : `at most ${maxLength} characters`,
    minItems === undefined ? "" : `at least ${minItems} items`,
    maxItems === undefined ? "" : `at most ${maxItems} items`,
    maxProperties === undefined ? "" : `at most ${maxProperties} keys`,
    pattern === undefined ? "" : code(pattern),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

function code(value: unknown): string {
  if (value === undefined) return "";
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  const fence = shown.includes("`") ? "``" : "`";
  return `${fence}${cell(shown)}${fence}`;
}

function cell(shown: string): string {
  return shown
    .replaceAll("|", "\\|")
    .replaceAll("\n", " ")
    .replaceAll("<owner-id>/<namespace>", "`<owner-id>/<namespace>`");
}

function isConditionKind(kind: string): kind is keyof typeof CONDITION_TYPES {
  return Object.hasOwn(CONDITION_TYPES, kind);
}
