/**
 * Asks Entra what the declared expressions and filter operators mean to a job.
 * Guarantees: each is asked once a process, for it does not change.
 */
import type { EntraAccess } from "../../entra/access/port.ts";
import type { FilterOperator, ParsedExpression } from "../../entra/schema/port.ts";
import type { Failure } from "../../runtime/failure.ts";
import {
  expressionsOf,
  type ParsedExpressions,
  type Vocabulary,
  type WantedSchema,
} from "../../sync/configuration/schema-merge.ts";
import type { ConfigurationMemory } from "./memory.ts";
import type { ConfigurationPorts } from "./ports.ts";

interface Asked {
  readonly access: EntraAccess;
  readonly servicePrincipalID: string;
  readonly jobID: string;
}

export async function readVocabulary(
  wanted: WantedSchema,
  asked: Asked,
  ports: ConfigurationPorts,
  memory: ConfigurationMemory,
  signal: AbortSignal,
): Promise<Vocabulary | Failure> {
  const parsed = await parseExpressions(expressionsOf(wanted), asked, ports, memory, signal);
  if ("class" in parsed) return parsed;
  if (wanted.filters.length === 0) return { parsed, operators: undefined };
  const operators = await readOperators(asked, ports, memory, signal);
  return operators !== undefined && "class" in operators ? operators : { parsed, operators };
}

export const NOT_VISIBLE: Failure = {
  class: "NotFound",
  reason: "NotVisible",
  message: "The job's schema is not visible yet.",
  fix: "None: looked for again.",
};

async function parseExpressions(
  texts: readonly string[],
  { access, servicePrincipalID, jobID }: Asked,
  { entra }: ConfigurationPorts,
  memory: ConfigurationMemory,
  signal: AbortSignal,
): Promise<ParsedExpressions | Failure> {
  const parsed = new Map<string, ParsedExpression>();
  for (const text of new Set(texts)) {
    const known = memory.expression(jobID, text);
    if (known !== undefined) {
      parsed.set(text, known);
      continue;
    }
    const answer = await entra.schema.parseExpression(access, { servicePrincipalID, jobID }, text, signal);
    if (answer.kind === "missing") return NOT_VISIBLE;
    if (answer.kind === "failed") return answer.failure;
    memory.rememberExpression(jobID, text, answer.value);
    parsed.set(text, answer.value);
  }
  return parsed;
}

/** `undefined`: the call is not there, as the vendor's pages say of some clouds (entra-graph reference, 10.6). */
async function readOperators(
  { access, servicePrincipalID, jobID }: Asked,
  { entra }: ConfigurationPorts,
  memory: ConfigurationMemory,
  signal: AbortSignal,
): Promise<readonly FilterOperator[] | Failure | undefined> {
  const known = memory.filterOperators(jobID);
  if (known !== undefined) return known;
  const listing = await entra.schema.filterOperators(access, { servicePrincipalID, jobID }, signal);
  if (listing.kind !== "complete") return listing.failure.class === "NotFound" ? undefined : listing.failure;
  // An empty list tells nothing: no filter could be written at all (S5).
  if (listing.items.length === 0) return undefined;
  memory.rememberFilterOperators(jobID, listing.items);
  return listing.items;
}
