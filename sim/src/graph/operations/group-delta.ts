/**
 * `GET /groups/delta` (entra-graph reference, 10.3): changes since a token, over pages, with replays.
 * Guarantees: a client that follows every link, and tolerates repeats, misses nothing; a token older than seven days, or one that was withdrawn, is
 * answered with 410 or `resyncRequired`. Members of a large group arrive over several pages of the same group.
 */
import type { DirectoryChange } from "../../entra/changes.ts";
import type { DirectoryGroup } from "../../entra/objects.ts";
import { badRequest, GraphError } from "../errors.ts";
import type { Entity } from "../odata/filter.ts";
import type { GraphCall, GraphReply } from "../operation.ts";
import { groupView } from "../views.ts";

const TOKEN_LIFE_MS = 7 * 24 * 3_600_000;
const PAGE_ITEMS = 100;
/** Members in one appearance of a group. The service publishes no figure [I]. */
const MEMBERS_EACH = 500;
const FILTER_IDS_MAX = 50;
/** How often a change that was told already is told once more [I]. */
const REPLAY_CHANCE = 0.1;

/** `from`: changes after this sequence; `null`: the whole state first. `to` is fixed at the first page, `after` is the last item that was sent. */
interface DeltaToken {
  readonly from: number | null;
  readonly to: number;
  readonly after: Position;
  readonly issuedMs: number;
  readonly query: string;
}

/** Of a group in the answer, and of a piece of its members: holds when groups before it go away between two pages. */
interface Position {
  readonly sequence: number;
  readonly piece: number;
}
interface Item extends Position {
  readonly entity: Entity;
}
const START: Position = { sequence: 0, piece: 0 };

export function groupDelta(call: GraphCall): GraphReply {
  const { query, nowMs, directory, tenant } = call;
  for (const option of ["$top", "$expand", "$orderby"])
    if (query[option] !== undefined) throw badRequest(`${option} is not supported on delta queries.`);
  if (query.$deltatoken === "latest") {
    const from = directory.journal.sequenceAt(call.settledMs);
    const token = { from, to: 0, after: START, issuedMs: nowMs, query: shapeOf(query) };
    return { status: 200, body: { value: [], "@odata.deltaLink": deltaLink(call, token) } };
  }
  const token = tokenOf(call);
  if (nowMs - token.issuedMs > TOKEN_LIFE_MS) throw expired(call, tenant.dice() < 0.5);
  const items = itemsOf(call, token).filter((item) => isAfter(item, token.after));
  const page = items.slice(0, call.pageItemsMax ?? PAGE_ITEMS);
  const last = page.at(-1);
  const link =
    last !== undefined && page.length < items.length
      ? { "@odata.nextLink": linkOf(call, "$skiptoken", { ...token, after: position(last) }) }
      : { "@odata.deltaLink": deltaLink(call, { ...token, from: token.to, to: 0, after: START, issuedMs: nowMs }) };
  return { status: 200, body: { ...link, value: page.map(({ entity }) => entity) } };
}

function isAfter({ sequence, piece }: Position, after: Position): boolean {
  return sequence > after.sequence || (sequence === after.sequence && piece > after.piece);
}

function position({ sequence, piece }: Position): Position {
  return { sequence, piece };
}

function tokenOf(call: GraphCall): DeltaToken {
  const { query, directory, nowMs } = call;
  const written = query.$skiptoken ?? query.$deltatoken;
  // What is younger than the lag comes with the next token: changes appear late, and none is lost between two replicas.
  const to = directory.journal.sequenceAt(call.settledMs);
  if (written === undefined) return { from: null, to, after: START, issuedMs: nowMs, query: shapeOf(query) };
  try {
    const read = JSON.parse(Buffer.from(written, "base64url").toString()) as DeltaToken;
    return query.$skiptoken === undefined ? { ...read, to: Math.max(to, read.from ?? 0), after: START } : read;
  } catch (error) {
    if (error instanceof SyntaxError) throw badRequest("Badly formed token.", "Directory_InvalidDeltaToken");
    throw error;
  }
}

/** The select and filter of the first call go on in the token: links carry the token alone. */
function shapeOf({ $select, $filter }: GraphCall["query"]): string {
  return JSON.stringify([$select ?? null, $filter ?? null]);
}

function itemsOf(call: GraphCall, token: DeltaToken): readonly Item[] {
  const [select, filter] = JSON.parse(token.query) as readonly (string | null)[];
  const ids = filter === null || filter === undefined ? undefined : idsOf(filter);
  const names = select?.split(",").map((name) => name.trim());
  const withMembers = names?.includes("members") === true;
  const items = token.from === null ? wholeState(call, withMembers) : changedGroups(call, { ...token, withMembers });
  return items
    .filter(({ entity }) => ids === undefined || ids.includes(String(entity.id)))
    .map((item) => (names === undefined ? item : { ...item, entity: picked(item.entity, names) }));
}

function picked(item: Entity, names: readonly string[]): Entity {
  return Object.fromEntries(
    Object.entries(item).filter(([name]) => name.includes("@") || name === "id" || names.includes(name)),
  );
}

function wholeState({ directory }: GraphCall, withMembers: boolean): readonly Item[] {
  return directory.list("group").flatMap(({ sequence, value }) => {
    const members = withMembers ? directory.members(value.id).map((one) => memberEntry(directory, one.value)) : [];
    return inPieces(sequence, deltaView(value), members);
  });
}

function changedGroups(
  { directory }: GraphCall,
  { from, to, withMembers }: Pick<DeltaToken, "from" | "to"> & { readonly withMembers: boolean },
): readonly Item[] {
  const changes = directory.journal.since(from ?? 0).filter(({ sequence }) => sequence <= to);
  const byGroup = Map.groupBy(changes, groupOf);
  return [...byGroup].flatMap(([id, own]) => {
    const sequence = own[0]?.sequence ?? 0;
    if (id === undefined) return [];
    const group = directory.get("group", id);
    if (group === undefined) return [{ sequence, piece: 1, entity: removed(id, own) }];
    const touched = own.flatMap((change) => ("memberId" in change ? [change.memberId] : []));
    if (touched.length === own.length && !withMembers) return [];
    const entries = [...new Set(touched)].map((memberID) => ({
      ...memberEntry(directory, memberID),
      ...(!directory.isMember(id, memberID) && { "@removed": { reason: "deleted" } }),
    }));
    return inPieces(sequence, deltaView(group), withMembers ? entries : []);
  });
}

function groupOf(change: DirectoryChange): string | undefined {
  if ("groupId" in change) return change.groupId;
  return "objectKind" in change && change.objectKind === "group" ? change.id : undefined;
}

/** Soft-deleted objects are `changed`, those that are gone for good `deleted`. */
function removed(id: string, changes: readonly DirectoryChange[]): Entity {
  const isGone = changes.some(({ kind }) => kind === "deleted");
  return { id, "@removed": { reason: isGone ? "deleted" : "changed" } };
}

function deltaView(group: DirectoryGroup): Entity {
  const { "@odata.type": _type, ...view } = groupView(group);
  return view;
}

function memberEntry(directory: GraphCall["directory"], id: string): Entity {
  const kind = directory.object(id)?.kind ?? directory.deleted(id)?.kind ?? "user";
  return { "@odata.type": `#microsoft.graph.${kind}`, id };
}

function inPieces(sequence: number, group: Entity, members: readonly Entity[]): readonly Item[] {
  if (members.length === 0) return [{ sequence, piece: 1, entity: group }];
  const count = Math.ceil(members.length / MEMBERS_EACH);
  return Array.from({ length: count }, (_, index) => ({
    sequence,
    piece: index + 1,
    entity: { ...group, "members@delta": members.slice(index * MEMBERS_EACH, (index + 1) * MEMBERS_EACH) },
  }));
}

/** `$filter` takes ids only: `id eq 'a' or id eq 'b'`. */
function idsOf(filter: string): readonly string[] {
  const clauses = filter.split(/\s+or\s+/i);
  const ids = clauses.map((clause) => /^\(?id eq '([^']+)'\)?$/.exec(clause.trim())?.[1]);
  const known = ids.filter((id) => id !== undefined);
  if (known.length !== ids.length) throw badRequest("Delta queries filter on id only.", "Request_UnsupportedQuery");
  if (known.length > FILTER_IDS_MAX) throw badRequest(`Delta queries filter on at most ${FILTER_IDS_MAX} ids.`);
  return known;
}

/** A link that begins a little before the end: what changed last is told again. */
function deltaLink(call: GraphCall, token: DeltaToken): string {
  const from = token.from ?? 0;
  const isReplayed = from > 0 && call.tenant.dice() < REPLAY_CHANCE;
  return linkOf(call, "$deltatoken", isReplayed ? { ...token, from: from - 1 } : token);
}

function linkOf({ root }: GraphCall, option: string, token: DeltaToken): string {
  return `${root}/groups/delta?${option}=${Buffer.from(JSON.stringify(token)).toString("base64url")}`;
}

/** Both forms in which a client is told to start over. */
function expired({ root }: GraphCall, hasLocation: boolean): GraphError {
  if (!hasLocation) return badRequest("Delta token is expired.", "resyncRequired");
  return new GraphError(410, "syncStateNotFound", "Delta token is expired.", { location: `${root}/groups/delta` });
}
