/**
 * `POST /$batch` (entra-graph reference, 10.2): at most 20 calls, each with a status of its own.
 * Guarantees: every part takes the whole way of a call, limits included; parts that depend on a failed one are 424; answers come in another order than the requests.
 */
import type { WorldDice } from "../core/clock.ts";
import { badRequest, GraphError } from "./errors.ts";
import type { GraphOperation } from "./operation.ts";
import type { PartRequest } from "./pipeline.ts";
import type { Answer, PartOutcome, RequestMarks } from "./wire.ts";
import { errorAnswer } from "./wire.ts";

const PARTS_MAX = 20;

/** Lets a batch in; what it answers comes from {@link performBatch}. */
export const BATCH_OPERATIONS: readonly GraphOperation[] = [
  {
    method: "POST",
    path: "/$batch",
    versions: ["v1.0", "beta"],
    handle: () => ({ status: 200, body: { responses: [] } }),
  },
];

export interface BatchPart {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly dependsOn?: readonly string[];
}

export interface BatchParts {
  readonly dice: WorldDice;
  readonly nextMarks: () => RequestMarks;
  readonly perform: (request: PartRequest, marks: RequestMarks) => Promise<PartOutcome>;
}

/** @throws GraphError when the batch as a whole is refused */
export async function performBatch(parts: BatchParts, outer: PartRequest): Promise<Answer> {
  const { requests } = outer.body as { readonly requests: readonly BatchPart[] };
  checkBatch(requests);
  const answers = new Map<string, Answer>();
  // Independent parts run at the same time: their order says nothing.
  for (const part of runningOrder(requests, parts.dice))
    answers.set(part.id, await answerPart(parts, outer, part, answers));
  const responses = shuffled([...answers], parts.dice).map(([id, answer]) => ({ id, ...partAnswer(answer) }));
  return { status: 200, headers: {}, body: { responses } };
}

function checkBatch(requests: readonly BatchPart[]): void {
  if (requests.length === 0 || requests.length > PARTS_MAX)
    throw badRequest(`Number of batch request steps must be between 1 and ${PARTS_MAX}.`, "BadRequest");
  const ids = new Set(requests.map(({ id }) => id));
  if (ids.size !== requests.length) throw badRequest("Batch request ids must be unique.", "BadRequest");
  const stray = requests.flatMap(({ dependsOn = [] }) => dependsOn).find((id) => !ids.has(id));
  if (stray !== undefined) throw badRequest(`dependsOn names the unknown request ${stray}.`, "BadRequest");
}

/** Each part behind those that it depends on. @throws GraphError for a circle */
function runningOrder(requests: readonly BatchPart[], dice: WorldDice): readonly BatchPart[] {
  const order: BatchPart[] = [];
  const placed = new Set<string>();
  let waiting = shuffled(requests, dice);
  while (waiting.length > 0) {
    const ready = waiting.filter(({ dependsOn = [] }) => dependsOn.every((id) => placed.has(id)));
    if (ready.length === 0) throw badRequest("The requests depend on each other in a circle.", "BadRequest");
    for (const part of ready) placed.add(part.id);
    order.push(...ready);
    waiting = waiting.filter(({ id }) => !placed.has(id));
  }
  return order;
}

async function answerPart(
  { nextMarks, perform }: BatchParts,
  outer: PartRequest,
  part: BatchPart,
  answers: ReadonlyMap<string, Answer>,
): Promise<Answer> {
  const marks = nextMarks();
  const hasFailed = (part.dependsOn ?? []).some((id) => (answers.get(id)?.status ?? 500) >= 400);
  if (hasFailed)
    return errorAnswer(new GraphError(424, "FailedDependency", "A request that it depends on failed."), marks);
  const headers = Object.fromEntries(
    Object.entries(part.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (part.body !== undefined && headers["content-type"] === undefined)
    return errorAnswer(badRequest("A request with a body needs a Content-Type header.", "BadRequest"), marks);
  if (!part.url.startsWith("/")) return errorAnswer(badRequest("The url of a part is relative.", "BadRequest"), marks);
  const authorization = outer.headers.authorization;
  const outcome = await perform(
    {
      version: outer.version,
      origin: outer.origin,
      method: part.method.toUpperCase(),
      path: part.url,
      headers: { ...headers, ...(authorization !== undefined && { authorization }) },
      body: part.body,
    },
    marks,
  );
  if (outcome.kind === "answered") return outcome.answer;
  // No socket breaks for a part; what happened to it stays open, as with any 504.
  return errorAnswer(new GraphError(504, "GatewayTimeout", "The part was not answered in time."), marks);
}

function partAnswer({ status, headers, body }: Answer): object {
  const isText = typeof body === "number";
  return {
    status,
    headers: { "Content-Type": isText ? "text/plain" : "application/json", ...capitalised(headers) },
    ...(body !== undefined && { body: isText ? String(body) : body }),
  };
}

/** As Graph writes them in batches: `Retry-After`. */
function capitalised(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replaceAll(/(^|-)([a-z])/g, (part) => part.toUpperCase()),
      value,
    ]),
  );
}

function shuffled<Item>(items: readonly Item[], dice: WorldDice): readonly Item[] {
  const keyed = items.map((item) => ({ item, key: dice() }));
  return keyed.sort((one, two) => one.key - two.key).map(({ item }) => item);
}
