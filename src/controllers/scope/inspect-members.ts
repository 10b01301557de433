/**
 * Looks at the members of some groups of each scope, so that its people learn what will not arrive in AD.
 * Guarantees: a sample, at leisure: a few groups a pass, each once a week; a group whose members could not be read keeps what was found before, and is
 * read again an hour later.
 */
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import type { EntraAccess } from "../../entra/access/port.ts";
import { keyOf } from "../../kube/port.ts";
import { inspectMembers, memberWarning, type MemberFindings } from "../../sync/scope/members.ts";
import type { AssignmentReading } from "../../sync/scope/snapshot.ts";
import { domainAt, referenceKey } from "../references.ts";
import type { GroupDirectory } from "./directory.ts";
import type { SeenScope } from "./observe-union.ts";
import type { ScopePorts } from "./ports.ts";
import type { WriterMemory } from "./writer-memory.ts";

const GROUPS_A_SCOPE = 20;
const GROUPS_A_PASS = 10;
const GROUPS_MAX = 2_000;
const INSPECTED_MS = 7 * 24 * 3_600_000;
const UNREAD_MS = 3_600_000;
const REVISIT_MS = 60_000;

export interface Inspection {
  readonly ports: ScopePorts;
  readonly configuration: SyncConfiguration;
  readonly memory: WriterMemory;
  readonly seen: readonly SeenScope[];
  readonly signal: AbortSignal;
  readonly reader: EntraAccess | undefined;
  readonly directory: GroupDirectory | undefined;
  readonly assignments: AssignmentReading;
}

/** When to go on; `undefined` when nothing is due. */
export async function inspectSome(inspection: Inspection): Promise<number | undefined> {
  const { ports, memory, seen, signal, reader, assignments } = inspection;
  if (reader === undefined || assignments.kind === "unread") return undefined;
  const nowMs = ports.clock.monotonicMs();
  const samples = seen.map((one) => ({ one, ids: sampleOf(one, assignments.byGroup) }));
  const isDue = (id: string): boolean => {
    const dueMs = memory.inspected.get(id)?.dueMs;
    return dueMs === undefined ? memory.inspected.size < GROUPS_MAX : nowMs >= dueMs;
  };
  const due = [...new Set(samples.flatMap(({ ids }) => ids.filter(isDue)))];
  const forestDomains = forestOf(inspection);
  for (const id of due.slice(0, GROUPS_A_PASS)) {
    const members = await ports.entra.groups.members(reader, id, signal);
    const isInScope = (groupID: string): boolean => assignments.byGroup.has(groupID);
    memory.inspected.set(
      id,
      members.kind === "complete"
        ? { findings: inspectMembers(members.items, { isInScope, forestDomains }), dueMs: nowMs + INSPECTED_MS }
        : { findings: memory.inspected.get(id)?.findings ?? NOTHING_KNOWN, dueMs: nowMs + UNREAD_MS },
    );
  }
  for (const { one, ids } of samples) {
    const findings = ids.flatMap((id) => memory.inspected.get(id)?.findings ?? []);
    ports.board.warn({ uid: one.view.uid, key: keyOf(one.scope) }, memberWarning(findings));
  }
  return due.length > GROUPS_A_PASS ? REVISIT_MS : undefined;
}

const NOTHING_KNOWN: MemberFindings = {
  total: 0,
  nestedOutside: 0,
  cloudOnly: 0,
  otherForest: 0,
  unknown: 0,
  notWritten: 0,
};

function sampleOf({ view: { reading } }: SeenScope, assigned: ReadonlyMap<string, unknown>): readonly string[] {
  if (reading.kind === "frozen") return [];
  const ids: string[] = [];
  for (const id of reading.resolution.admitted.keys()) {
    if (ids.length >= GROUPS_A_SCOPE) break;
    if (assigned.has(id)) ids.push(id);
  }
  return ids;
}

function forestOf({ configuration, ports }: Inspection): readonly string[] {
  const domainRef = configuration.spec.entraToAD?.domainRef;
  if (domainRef === undefined) return [];
  const domain = domainAt(ports.caches, referenceKey(domainRef, configuration.metadata.namespace ?? ""));
  if (domain === undefined) return [];
  const { forest, dnsName } = domain.spec;
  // Without a forest in its spec the domain is all of it.
  const others = forest === undefined ? [] : [forest.rootDomain, ...forest.domains];
  return [...others, dnsName].map((name) => name.toLowerCase());
}
