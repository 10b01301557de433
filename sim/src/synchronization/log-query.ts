/**
 * `$filter` of the provisioning log: `eq`, `contains`, `gt`, `lt`, joined by `and`; values are case-sensitive (entra-graph reference, 5.2).
 * Guarantees: what is not understood is refused, never ignored. Pure.
 */
import { isRecord } from "../core/input.ts";
import { badRequest } from "../graph/errors.ts";

type Condition = (view: Readonly<Record<string, unknown>>) => boolean;

const CONTAINS = /^contains\(\s*(?<path>[\w/]+)\s*,\s*'(?<text>(?:[^']|'')*)'\s*\)$/;
const COMPARISON = /^(?<path>[\w/]+)\s+(?<operator>eq|gt|ge|lt|le)\s+(?:'(?<text>(?:[^']|'')*)'|(?<bare>[\w:.+-]+))$/;
const PROPERTIES = [
  "id",
  "activityDateTime",
  "tenantId",
  "jobId",
  "cycleId",
  "changeId",
  "provisioningAction",
  "durationInMilliseconds",
  "initiatedBy",
  "servicePrincipal",
  "sourceSystem",
  "targetSystem",
  "sourceIdentity",
  "targetIdentity",
  "provisioningStatusInfo",
];

/** @throws GraphError 400 */
export function logFilter(filter: string | undefined): Condition {
  if (filter === undefined || filter.trim() === "") return () => true;
  const conditions = clausesOf(filter).map(condition);
  return (view) => conditions.every((holds) => holds(view));
}

/** Splits at `and` outside of quotes. */
function clausesOf(filter: string): readonly string[] {
  const clauses = [""];
  for (const piece of filter.split(/('(?:[^']|'')*')/)) {
    const [first = "", ...more] = piece.startsWith("'") ? [piece] : piece.split(/\s+and\s+/i);
    clauses[clauses.length - 1] = (clauses.at(-1) ?? "") + first;
    clauses.push(...more);
  }
  return clauses.map((clause) => clause.trim());
}

function condition(clause: string): Condition {
  const contains = CONTAINS.exec(clause)?.groups;
  if (contains !== undefined) {
    const { path = "", text = "" } = contains;
    const wanted = unquoted(text);
    return (view) => valueAt(view, known(path)).includes(wanted);
  }
  const { path = "", operator = "", text, bare = "" } = COMPARISON.exec(clause)?.groups ?? {};
  if (operator === "") throw badRequest(`Invalid filter clause: '${clause}'.`);
  const wanted = text === undefined ? bare : unquoted(text);
  const place = known(path);
  return (view) => compares(valueAt(view, place), operator, place === "activityDateTime" ? isoOf(wanted) : wanted);
}

function known(path: string): string {
  const [property = ""] = path.split("/");
  if (!PROPERTIES.includes(property)) throw badRequest(`Invalid filter clause: there is no property '${path}'.`);
  return path;
}

function compares(value: string, operator: string, wanted: string): boolean {
  if (operator === "eq") return value === wanted;
  if (operator === "gt") return value > wanted;
  if (operator === "ge") return value >= wanted;
  return operator === "lt" ? value < wanted : value <= wanted;
}

function valueAt(view: Readonly<Record<string, unknown>>, path: string): string {
  const value = path.split("/").reduce<unknown>((held, name) => (isRecord(held) ? held[name] : undefined), view);
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Instants compare as text only in one form. */
function isoOf(text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw badRequest(`Invalid filter clause: '${text}' is no instant.`);
  return new Date(ms).toISOString();
}

function unquoted(text: string): string {
  return text.replaceAll("''", "'");
}
