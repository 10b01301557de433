/**
 * Several requests in one (`$batch`), each judged by itself.
 * Guarantees: one outcome a part, in the order given; every part has its own permit; a part that Graph did not answer is unknown if it writes;
 * a 429 inside a 200 throttles like any other. Never: a part that depends on another.
 * Source: Graph documentation, "Combine multiple HTTP requests using JSON batching" (entra-graph reference, 10.2).
 */
import * as z from "zod";
import { BATCH_PARTS_MAX } from "../limits.ts";
import type { HttpMethod } from "../transport.ts";
import { lowerCaseNames } from "./answer.ts";
import type { Call, Caller, CallOutcome } from "./caller.ts";
import { notSent } from "./not-sent.ts";
import { incomplete } from "./read-pages.ts";

export interface BatchPart {
  readonly method: HttpMethod;
  /** Relative to the version: `/groups/...`, encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly subjects?: readonly string[];
}

export type BatchCall = Omit<Call, "request" | "subjects"> & { readonly parts: readonly BatchPart[] };

const responses = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.int(),
      headers: z.record(z.string(), z.unknown()).nullish(),
      body: z.unknown().optional(),
    }),
  ),
});

export async function sendBatch(caller: Caller, { parts, ...call }: BatchCall): Promise<readonly CallOutcome[]> {
  if (parts.length === 0) return [];
  if (parts.length > BATCH_PARTS_MAX) throw new RangeError(`a batch has at most ${BATCH_PARTS_MAX} parts`);
  const { granted, failure } = await caller.permits(call, parts.length);
  const sent = parts.slice(0, granted);
  const outcomes = sent.length === 0 ? [] : await outcomesOf(caller, call, sent);
  const held = parts.slice(granted).map(() => notSent(failure ?? incomplete(call.operation.name, "no permit")));
  return [...outcomes, ...held];
}

async function outcomesOf(
  caller: Caller,
  call: Omit<BatchCall, "parts">,
  parts: readonly BatchPart[],
): Promise<readonly CallOutcome[]> {
  const outer = await caller.send({ ...call, request: { method: "POST", path: "/$batch", body: bodyOfBatch(parts) } });
  if (outer.kind === "failed") return parts.map(() => outer);
  const parsed = responses.safeParse(outer.answer.body);
  const byID = new Map(parsed.data?.responses.map((response) => [response.id, response]));
  return parts.map(({ subjects = [] }, index) => {
    const response = byID.get(String(index + 1));
    if (response === undefined) return unansweredPart(call);
    const { status, headers, body } = response;
    return caller.judge({ ...call, subjects }, { status, headers: lowerCaseNames(headers ?? {}), body });
  });
}

function bodyOfBatch(parts: readonly BatchPart[]): object {
  return {
    requests: parts.map(({ method, path, headers, body }, index) => ({
      id: String(index + 1),
      method,
      url: path,
      ...(body === undefined
        ? headers === undefined
          ? {}
          : { headers }
        : { headers: { ...headers, "Content-Type": "application/json" }, body }),
    })),
  };
}

function unansweredPart({ operation }: Pick<BatchCall, "operation">): CallOutcome {
  const failure = incomplete(operation.name, "a batch that lacks the answer to one of its parts");
  return {
    kind: "failed",
    status: undefined,
    codes: [],
    failure: operation.isWrite
      ? {
          ...failure,
          class: "UnknownOutcome",
          reason: "AnswerLost",
          fix: "None: what the call did is looked for before anything is done again.",
        }
      : failure,
  };
}
