/** The schema of a job through Graph v1.0, as the vendor's JSON (entra-graph reference, 2.7). Never: a change of what was read. */
import * as z from "zod";
import { boundedSentence } from "../message.ts";
import type { Call, Operation } from "../call/caller.ts";
import type { GraphCalls } from "../call/graph-calls.ts";
import { readPages } from "../call/read-pages.ts";
import { maybeText, text } from "../call/wire.ts";
import { readingAs, writtenFrom } from "../call/written.ts";
import { jobPath } from "../jobs/graph.ts";
import type { JobAddress } from "../jobs/port.ts";
import { FAILURE_MESSAGE_LENGTH_MAX } from "../../runtime/failure.ts";
import type { FilterOperator, JsonObject, ParsedExpression, SchemaPort } from "./port.ts";

const READ: Operation = { name: "ReadSynchronizationSchema", bucket: "reads", isWrite: false };
const REPLACE: Operation = { name: "ReplaceSynchronizationSchema", bucket: "writes", isWrite: true };
const OPERATORS: Operation = { name: "ListFilterOperators", bucket: "reads", isWrite: false };
/** A POST that changes nothing. */
const PARSE: Operation = { name: "ParseExpression", bucket: "reads", isWrite: false };

/** Parsed from JSON text, so only its outermost form is asked: a schema has a hundred thousand parts. */
const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "an object",
);

const filterOperator = z
  .object({ id: maybeText, name: maybeText, arity: maybeText })
  .transform(({ id, name, arity }) => ({ name: name ?? id, arity: arity ?? "" }))
  .pipe(z.object({ name: text, arity: text })) satisfies z.ZodType<FilterOperator>;

const parseAnswer = z
  .object({
    parsingSucceeded: z.boolean(),
    parsedExpression: jsonObject.nullish(),
    error: z.object({ code: maybeText, message: maybeText }).nullish(),
  })
  .transform(({ parsingSucceeded, parsedExpression, error }): ParsedExpression => {
    if (parsingSucceeded && parsedExpression != null) return { kind: "parsed", source: parsedExpression };
    const said = boundedSentence(error?.message ?? error?.code ?? "", FAILURE_MESSAGE_LENGTH_MAX);
    return { kind: "refused", message: said === "" ? "the expression is not understood" : said };
  });

export function graphSchema({ caller, originOf }: GraphCalls): SchemaPort {
  const about = (address: JobAddress): Pick<Call, "subjects"> => ({
    subjects: [address.servicePrincipalID, address.jobID],
  });
  const path = (address: JobAddress): string => `${jobPath(address)}/schema`;
  return {
    async read(access, address, signal) {
      const request = { method: "GET", path: path(address) } as const;
      const outcome = await caller.call({ access, operation: READ, request, signal, ...about(address) });
      return readingAs(outcome, READ.name, jsonObject);
    },
    async replace(access, address, schema, signal) {
      const request = { method: "PUT", path: path(address), body: schema } as const;
      return writtenFrom(await caller.call({ access, operation: REPLACE, request, signal, ...about(address) }));
    },
    filterOperators(access, address, signal) {
      const request = { method: "GET", path: `${path(address)}/filterOperators` } as const;
      return readPages(
        caller,
        originOf,
        { access, operation: OPERATORS, request, signal, ...about(address) },
        filterOperator,
      );
    },
    async parseExpression(access, address, expression, signal) {
      const request = { method: "POST", path: `${path(address)}/parseExpression`, body: { expression } } as const;
      const outcome = await caller.call({ access, operation: PARSE, request, signal, ...about(address) });
      return readingAs(outcome, PARSE.name, parseAnswer);
    },
  };
}
