/**
 * What a job's schema has to become: read, merged with what is declared, compared in canonical form.
 * Guarantees: only declared targets, the container and own filters are touched, all else goes back byte for byte (S7); merging twice changes nothing.
 * Never: writes a join, marker, member or read-only target; writes over a foreign join key; writes a target that is mapped twice.
 */
import type { FilterOperator, JsonObject, JsonValue, ParsedExpression } from "../../entra/schema/port.ts";
import { LOCKED_TARGETS } from "../../api/sync-configuration-connectors.ts";
import { canonicalPart, canonicalSchema, isSameSource } from "./canonical-schema.ts";
import type { ConnectorProfile } from "./connector.ts";
import { difference, type Difference } from "./difference.ts";
import { canonicalDN } from "../distinguished-name.ts";
import { canonicalExpression } from "./expression.ts";
import { filterGroupJSON, filterText, type FilterGroup } from "./filter.ts";
import { isJsonObject, textIn } from "./json.ts";
import { constantOf, containerExpression, type WantedContainer } from "./target-container.ts";
import { mappingsOf, type SchemaView } from "./schema-view.ts";

export interface WantedSchema {
  readonly container: WantedContainer;
  readonly mappings: readonly { readonly target: string; readonly expression: string }[];
  readonly filters: readonly FilterGroup[];
  /** Names of filters that were put in before; those that are not declared any more are taken out. */
  readonly ownedFilters: readonly string[];
}

export type SchemaMerge =
  | { readonly kind: "equal" }
  | { readonly kind: "different"; readonly schema: JsonObject; readonly differences: readonly Difference[] }
  | {
      readonly kind: "refused";
      readonly reason: string;
      readonly message: string;
      readonly differences: readonly Difference[];
    };

/** Source trees by expression text, as the vendor parsed them. */
export type ParsedExpressions = ReadonlyMap<string, ParsedExpression>;

/** What the vendor understands, as far as the declaration uses it. */
export interface Vocabulary {
  readonly parsed: ParsedExpressions;
  /** `undefined`: not needed, or not offered in this cloud; then the vendor judges what is sent. */
  readonly operators: readonly FilterOperator[] | undefined;
}

/** The expressions that a merge needs parsed. */
export function expressionsOf({ container, mappings }: WantedSchema): readonly string[] {
  return [containerExpression(container), ...mappings.map(({ expression }) => expression)];
}

export function mergeSchema(
  view: SchemaView,
  wanted: WantedSchema,
  { parsed, operators }: Vocabulary,
  profile: ConnectorProfile,
): SchemaMerge {
  const refusal = SCHEMA_CHECKS.map((check) => check({ view, wanted, parsed, operators, profile })).find(
    (found) => found !== undefined,
  );
  const changes = [
    changeOfContainer(view, wanted, parsed, profile),
    ...wanted.mappings.map((mapping) => changeOfMapping(view, mapping, parsed)),
  ].filter((change) => change !== undefined);
  const filters = changeOfFilters(view, wanted);
  const differences = [...changes.map(({ difference: one }) => one), ...filters.differences];
  if (refusal !== undefined) return { kind: "refused", ...refusal, differences };
  if (differences.length === 0) return { kind: "equal" };
  const schema = withMapping(view, {
    attributeMappings: changes.reduce(withAttributeMapping, attributeMappingsOf(view)),
    ...(filters.differences.length === 0 ? {} : { scope: withFilters(view, filters.groups) }),
  });
  return canonicalSchema(schema) === canonicalSchema(view.schema)
    ? { kind: "equal" }
    : { kind: "different", schema, differences };
}

interface Evidence extends Vocabulary {
  readonly view: SchemaView;
  readonly wanted: WantedSchema;
  readonly profile: ConnectorProfile;
}
interface Refusal {
  readonly reason: string;
  readonly message: string;
}

const SCHEMA_CHECKS: readonly ((evidence: Evidence) => Refusal | undefined)[] = [
  joinKeyIsTheVendors,
  targetsAreFree,
  targetsAreMappedOnce,
  expressionsAreParsed,
  filtersAreUnderstood,
];

/** What the groups of AD are found again by: with another key every group would be made anew. */
function joinKeyIsTheVendors({ view, profile }: Evidence): Refusal | undefined {
  const { target, expression } = profile.join;
  const joins = view.attributeMappings.filter((mapping) => Number(mapping["matchingPriority"] ?? 0) > 0);
  const isVendors = (mapping: JsonObject): boolean =>
    textIn(mapping, "targetAttributeName").toLowerCase() === target.toLowerCase() &&
    canonicalExpression(expressionText(mapping)) === expression;
  if (joins.length === 1 && joins.every(isVendors)) return undefined;
  const found = joins.map((mapping) => `${textIn(mapping, "targetAttributeName")} = ${expressionText(mapping)}`);
  return {
    reason: "JoinKeyChanged",
    message: `The job's schema matches by ${found.join(", ") || "nothing"} instead of ${target} = ${expression}: somebody changed it, and nothing is written until it is set back in the portal.`,
  };
}

function expressionText(mapping: JsonObject): string {
  const { source } = mapping;
  return isJsonObject(source) ? textIn(source, "expression") || textIn(source, "name") : "";
}

function targetsAreFree({ view, wanted, profile }: Evidence): Refusal | undefined {
  const joins = view.attributeMappings.filter((mapping) => Number(mapping["matchingPriority"] ?? 0) > 0);
  const locked = new Set([
    ...LOCKED_TARGETS,
    ...view.readOnlyTargets,
    profile.containerTarget.toLowerCase(),
    ...joins.map((mapping) => textIn(mapping, "targetAttributeName").toLowerCase()),
  ]);
  const taken = wanted.mappings.find(({ target }) => locked.has(target.toLowerCase()));
  if (taken === undefined) return undefined;
  const message = `attributeMappings names ${taken.target}, which is read-only, the container, or what groups are matched and marked by: remove that mapping.`;
  return { reason: "TargetLocked", message };
}

/** Two mappings with one target are not deduplicated by the vendor and may fail or merge (entra-graph reference, 2.7). */
function targetsAreMappedOnce({ view, wanted }: Evidence): Refusal | undefined {
  const targets = view.attributeMappings.map((mapping) => textIn(mapping, "targetAttributeName").toLowerCase());
  const declared = wanted.mappings.map(({ target }) => target.toLowerCase());
  const twice = repeated(targets) ?? repeated(declared);
  if (twice === undefined) return undefined;
  return {
    reason: "DuplicateTarget",
    message: `${twice} is mapped twice: remove one of the mappings ${repeated(targets) === undefined ? "from attributeMappings (AD's names know no case)" : "in the portal"}.`,
  };
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, at) => names.indexOf(name) !== at);
}

function expressionsAreParsed({ wanted, parsed }: Evidence): Refusal | undefined {
  for (const expression of expressionsOf(wanted)) {
    const found = parsed.get(expression);
    if (found?.kind === "refused")
      return { reason: "ExpressionRefused", message: `Entra cannot parse ${expression}: ${found.message}` };
  }
  return undefined;
}

/** The operators differ from year to year, so the vendor's own list is the truth (entra-graph reference, 3.2). */
function filtersAreUnderstood({ wanted, operators }: Evidence): Refusal | undefined {
  if (operators === undefined) return undefined;
  for (const { name, clauses } of wanted.filters)
    for (const { attribute, operator, values } of clauses) {
      const wrong = wrongUse(operator, values, operators);
      if (wrong !== undefined)
        return {
          reason: "FilterRefused",
          message: `Filter ${name}: ${attribute} ${operator} cannot be used, ${wrong}.`,
        };
    }
  return undefined;
}

function wrongUse(name: string, values: readonly string[], operators: readonly FilterOperator[]): string | undefined {
  const operator = operators.find((one) => one.name === name);
  if (operator === undefined)
    return `because the job knows ${operators.map((one) => one.name).join(", ")} and no other operator: choose one of them`;
  const isUnary = operator.arity.toLowerCase() === "unary";
  if (isUnary && values.length > 0) return "because this operator compares with nothing: remove its values";
  return !isUnary && values.length === 0 ? "because there is nothing to compare with: give it values" : undefined;
}

interface MappingChange {
  readonly target: string;
  readonly mapping: JsonObject;
  readonly difference: Difference;
}

function changeOfContainer(
  view: SchemaView,
  { container }: WantedSchema,
  parsed: ParsedExpressions,
  { containerTarget: target }: ConnectorProfile,
): MappingChange | undefined {
  const found = mappingsOf(view, target)[0];
  const before = found === undefined ? undefined : (constantOf(found) ?? expressionText(found));
  if (container.kind === "constant") {
    const path = container.distinguishedName;
    const constant = found === undefined ? undefined : constantOf(found);
    if (constant !== undefined && canonicalDN(constant) === canonicalDN(path)) return undefined;
    const mapping =
      found === undefined || constant === undefined
        ? { ...(found ?? newMapping(target)), source: sourceFor(container, parsed), defaultValue: null }
        : withConstant(found, path);
    return { target, mapping, difference: difference(`mapping ${target}`, path, before) };
  }
  const source = sourceFor(container, parsed);
  const isSame =
    found !== undefined &&
    isSameSource(found["source"], source) &&
    textIn(found, "defaultValue") === container.fallback;
  if (isSame) return undefined;
  const mapping = { ...(found ?? newMapping(target)), source, defaultValue: container.fallback };
  return { target, mapping, difference: difference(`mapping ${target}`, container.expression, before) };
}

/** The shape that stands there is kept and only the name replaced: the vendor publishes none [I]. */
function withConstant(mapping: JsonObject, path: string): JsonObject {
  const { source, defaultValue } = mapping;
  if (!isJsonObject(source)) return { ...mapping, defaultValue: path };
  const quotedLike = (text: JsonValue | undefined): JsonValue =>
    typeof text === "string" && text.startsWith('"')
      ? containerExpression({ kind: "constant", distinguishedName: path })
      : path;
  const members = {
    ...(source["name"] === undefined ? {} : { name: quotedLike(source["name"]) }),
    ...(source["expression"] === undefined ? {} : { expression: quotedLike(source["expression"]) }),
  };
  const isDefaulted = typeof defaultValue === "string" && defaultValue !== "";
  return { ...mapping, source: { ...source, ...members }, ...(isDefaulted ? { defaultValue: path } : {}) };
}

function changeOfMapping(
  view: SchemaView,
  { target, expression }: { readonly target: string; readonly expression: string },
  parsed: ParsedExpressions,
): MappingChange | undefined {
  const found = mappingsOf(view, target)[0];
  const answer = parsed.get(expression);
  const source = answer?.kind === "parsed" ? answer.source : null;
  if (found !== undefined && isSameSource(found["source"], source)) return undefined;
  const before = found === undefined ? undefined : expressionText(found);
  return {
    target,
    mapping: { ...(found ?? newMapping(target)), source },
    difference: difference(`mapping ${target}`, expression, before),
  };
}

function sourceFor(container: WantedContainer, parsed: ParsedExpressions): JsonValue {
  const answer = parsed.get(containerExpression(container));
  return answer?.kind === "parsed" ? answer.source : null;
}

/** The members of a mapping in the vendor's samples (entra-graph reference, section 4). */
function newMapping(targetAttributeName: string): JsonObject {
  return {
    targetAttributeName,
    source: null,
    defaultValue: null,
    matchingPriority: 0,
    flowType: "Always",
    flowBehavior: "FlowWhenChanged",
    exportMissingReferences: false,
  };
}

/** As the vendor sent it: what is no object there stays where it is. */
function attributeMappingsOf({ objectMapping }: SchemaView): readonly JsonValue[] {
  const list = objectMapping["attributeMappings"];
  return Array.isArray(list) ? (list as readonly JsonValue[]) : [];
}

function withAttributeMapping(list: readonly JsonValue[], { target, mapping }: MappingChange): readonly JsonValue[] {
  const isTarget = (item: JsonValue): boolean =>
    isJsonObject(item) && textIn(item, "targetAttributeName").toLowerCase() === target.toLowerCase();
  return list.some(isTarget) ? list.map((item) => (isTarget(item) ? mapping : item)) : [...list, mapping];
}

interface FilterChange {
  readonly groups: readonly JsonObject[];
  readonly differences: readonly Difference[];
}

/** Filters are told by their names; built-in and foreign ones stay as they are. */
function changeOfFilters({ filterGroups }: SchemaView, { filters, ownedFilters }: WantedSchema): FilterChange {
  const differences: Difference[] = [];
  const groups = filterGroups.flatMap((group) => {
    const name = textIn(group, "name");
    const declared = filters.find((filter) => filter.name === name);
    if (declared === undefined) {
      if (!ownedFilters.includes(name)) return [group];
      differences.push(difference(`filter ${name}`, undefined, canonicalPart(group["clauses"])));
      return [];
    }
    const wanted = filterGroupJSON(declared);
    if (canonicalPart(wanted["clauses"]) === canonicalPart(group["clauses"])) return [group];
    differences.push(difference(`filter ${name}`, filterText(declared), canonicalPart(group["clauses"])));
    return [{ ...group, clauses: wanted["clauses"] ?? [] }];
  });
  for (const filter of filters) {
    if (filterGroups.some((group) => textIn(group, "name") === filter.name)) continue;
    differences.push(difference(`filter ${filter.name}`, filterText(filter), undefined));
    groups.push(filterGroupJSON(filter));
  }
  return { groups, differences };
}

function withFilters({ objectMapping }: SchemaView, groups: readonly JsonObject[]): JsonObject {
  const { scope } = objectMapping;
  const empty = { groups: [], inputFilterGroups: [], categoryFilterGroups: [] };
  return { ...(isJsonObject(scope) ? scope : empty), groups };
}

function withMapping({ schema, rule, mapping }: SchemaView, members: JsonObject): JsonObject {
  const rules = listIn(schema, "synchronizationRules");
  return {
    ...schema,
    synchronizationRules: replacedAt(rules, rule, (oneRule) => ({
      ...oneRule,
      objectMappings: replacedAt(listIn(oneRule, "objectMappings"), mapping, (one) => ({ ...one, ...members })),
    })),
  };
}

function listIn(object: JsonObject, key: string): readonly JsonValue[] {
  const list = object[key];
  return Array.isArray(list) ? (list as readonly JsonValue[]) : [];
}

/** Positions of a view count objects only, as `objectsIn` lists them. */
function replacedAt(
  list: readonly JsonValue[],
  position: number,
  change: (object: JsonObject) => JsonObject,
): readonly JsonValue[] {
  let at = -1;
  return list.map((item) => {
    if (!isJsonObject(item)) return item;
    at += 1;
    return at === position ? change(item) : item;
  });
}
