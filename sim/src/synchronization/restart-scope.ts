/** What `restart` resets: flags of synchronizationJobRestartScope as one text (entra-graph reference, 2.3). Pure. */
import { isRecord } from "../core/input.ts";
import { badRequest } from "../graph/errors.ts";
import type { ResetScope } from "./job.ts";

const NOTHING: ResetScope = {
  quarantineState: false,
  watermark: false,
  escrows: false,
  connectorDataStore: false,
  forceDeletes: false,
};
const FLAGS: ReadonlyMap<string, Partial<ResetScope>> = new Map([
  ["none", {}],
  ["connectordatastore", { connectorDataStore: true }],
  ["escrows", { escrows: true }],
  ["watermark", { watermark: true }],
  ["quarantinestate", { quarantineState: true }],
  ["full", { quarantineState: true, watermark: true, escrows: true, connectorDataStore: true }],
  ["forcedeletes", { forceDeletes: true }],
]);
/** "Like the portal's restart." */
const PORTAL: ResetScope = { ...NOTHING, quarantineState: true, watermark: true, escrows: true };

/** @throws GraphError 400 for an unknown flag */
export function readResetScope(body: unknown): ResetScope {
  const criteria = isRecord(body) ? body.criteria : undefined;
  const text = isRecord(criteria) ? criteria.resetScope : undefined;
  if (text === undefined || text === null || text === "") return PORTAL;
  if (typeof text !== "string") throw badRequest("resetScope is a text of flags.");
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !FLAGS.has(name));
  if (unknown !== undefined) throw badRequest(`resetScope has no member '${unknown}'.`);
  return names.reduce((scope, name) => ({ ...scope, ...FLAGS.get(name) }), NOTHING);
}
