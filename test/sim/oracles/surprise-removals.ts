/**
 * S6: no group leaves a scope by surprise.
 * Guarantees: every removal by an operator's call is within the ceiling of the rolling window over the union, or is one that an approved plan listed, once;
 * it is never of a group that a scope names, and never while a job is quarantined. Judged by the directory's own journal.
 * Caveats: what is on its way when a declaration or a quarantine changes is forgiven as long as a pass can last.
 */
import type { AppRoleAssignment } from "../../../sim/src/entra/objects.ts";
import { directoryOf } from "../run/entra-deeds.ts";
import type { ClusterObject } from "../run/person.ts";
import type { Happening, Oracle, Scene } from "../run/scene.ts";
import { declarationOf, type EntraSight } from "./sight/entra.ts";
import { durationMs, MINUTE_MS, minutes } from "./sight/reading.ts";

interface Ceiling {
  readonly maxCount: number;
  readonly maxPercent: number;
  readonly windowMs: number;
}

interface Standing {
  readonly atMs: number;
  readonly inScope: number;
  readonly ceiling: Ceiling;
}

/** A rename reaches a scope with the next delta query, every 15 min, and as late as replicas agree. */
const RENAME_SEEN_MS = 20 * MINUTE_MS;
/** A list of assignments is read anew after 30 min at the latest, while it fits on a page. */
const LIST_AGE_MS = 35 * MINUTE_MS;

export function surpriseRemovals(sight: EntraSight): Oracle {
  /** Group ids that some scope names, and since when no removal of them can be on its way. */
  const named = new Map<string, number>();
  const removed: { readonly atMs: number; readonly servicePrincipalID: string }[] = [];
  const standings: Standing[] = [];

  function followNames(happening: Happening, scene: Scene): void {
    const seenMs = happening.kind === "deed" && happening.deed.kind === "group" ? RENAME_SEEN_MS : 0;
    const now = groupsNamed(scene);
    for (const id of named.keys()) if (!now.has(id)) named.delete(id);
    for (const id of now) if (!named.has(id)) named.set(id, scene.nowMs() + seenMs + sight.inFlightMs);
  }

  function followCeiling(servicePrincipalID: string, inScope: number, scene: Scene): void {
    const nowMs = scene.nowMs();
    const ceiling = ceilingOf(declarationOf(scene, servicePrincipalID));
    while (standings.length > 0 && nowMs - (standings[0]?.atMs ?? nowMs) > LIST_AGE_MS) standings.shift();
    standings.push({ atMs: nowMs, inScope, ceiling });
  }

  function judge(assignment: AppRoleAssignment, scene: Scene): string | undefined {
    const { principalId, principalDisplayName: name, resourceId } = assignment;
    const nowMs = scene.nowMs();
    const quarantine = quarantinedFor(sight, resourceId, nowMs);
    if (quarantine !== undefined && quarantine > sight.inFlightMs)
      return `${name} was taken out of scope ${minutes(quarantine)} after the job was quarantined`;
    const isApproved = sight.approvals.takesRemoval(assignment.id, nowMs);
    const sinceMs = named.get(principalId);
    if (!isApproved && sinceMs !== undefined && nowMs > sinceMs)
      return `${name} was taken out of scope, although a scope names it`;
    followCeiling(resourceId, directoryOf(scene.world).assignedTo(resourceId).length + 1, scene);
    const longestMs = Math.max(...standings.map(({ ceiling }) => ceiling.windowMs));
    while (removed.length > 0 && nowMs - (removed[0]?.atMs ?? nowMs) > longestMs) removed.shift();
    removed.push({ atMs: nowMs, servicePrincipalID: resourceId });
    if (isApproved) return undefined;
    const mine = removed.filter(({ servicePrincipalID }) => servicePrincipalID === resourceId);
    const allowed = Math.max(...standings.map((standing) => room(standing, mine, nowMs)));
    if (allowed >= 0) return undefined;
    return `${name} was taken out of scope: the ${mine.length}th in the window, ${-allowed} more than the ceiling allows, and no approved plan listed it`;
  }

  return {
    name: "S6",
    after(happening, scene) {
      sight.look(happening, scene);
      if (happening.kind === "deed") {
        followNames(happening, scene);
        for (const { servicePrincipalID } of sight.now.values())
          followCeiling(servicePrincipalID, directoryOf(scene.world).assignedTo(servicePrincipalID).length, scene);
      }
      for (const write of sight.writes) {
        if (write.kind !== "unassign") continue;
        const assignment = sight.unassigned.find(({ id }) => id === write.ids[1]);
        const sentence = assignment === undefined ? undefined : judge(assignment, scene);
        if (sentence !== undefined) return sentence;
      }
      return undefined;
    },
  };
}

/** How many more the ceiling would have allowed, with all of `removed` counted; below 0: too many. */
function room({ inScope, ceiling }: Standing, removed: readonly { readonly atMs: number }[], nowMs: number): number {
  const used = removed.filter(({ atMs }) => nowMs - atMs < ceiling.windowMs - MINUTE_MS).length;
  // What has left is part of what the share is taken of.
  const share = Math.max(1, Math.floor(((inScope + used) * ceiling.maxPercent) / 100));
  return Math.min(ceiling.maxCount, share) - used;
}

const DEFAULT_CEILING = { maxCount: 5, maxPercent: 10, window: "24h" };

function ceilingOf(configuration: ClusterObject | undefined): Ceiling {
  const policy = configuration?.spec?.["scopePolicy"] as { readonly removalCeiling?: object } | undefined;
  const { maxCount, maxPercent, window } = { ...DEFAULT_CEILING, ...policy?.removalCeiling };
  return { maxCount, maxPercent, windowMs: durationMs(window) };
}

export function quarantinedFor(sight: EntraSight, servicePrincipalID: string, nowMs: number): number | undefined {
  const jobs = sight.before.get(servicePrincipalID)?.jobs ?? [];
  const sinceMs = jobs.flatMap(({ id, isQuarantined }) =>
    isQuarantined ? (sight.quarantinedSinceMs.get(id) ?? []) : [],
  );
  return sinceMs.length === 0 ? undefined : nowMs - Math.min(...sinceMs);
}

interface ScopeSpec {
  readonly groups?: { readonly ids?: readonly string[]; readonly displayNames?: readonly string[] };
  readonly selector?: { readonly displayNamePrefix?: string };
}

/** By id, by name or by prefix; what a filter means is not judged here. */
function groupsNamed(scene: Scene): ReadonlySet<string> {
  const scopes = scene
    .objects("groupscopes")
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ spec }) => (spec ?? {}) as ScopeSpec);
  const isNamed = ({ id, displayName }: { readonly id: string; readonly displayName: string }): boolean =>
    scopes.some(({ groups, selector }) => {
      const prefix = selector?.displayNamePrefix;
      return (
        groups?.ids?.includes(id) === true ||
        groups?.displayNames?.includes(displayName) === true ||
        (prefix !== undefined && displayName.toLowerCase().startsWith(prefix.toLowerCase()))
      );
    });
  const groups = directoryOf(scene.world).list("group");
  return new Set(groups.flatMap(({ value }) => (isNamed(value) ? [value.id] : [])));
}
