/**
 * What people approved: the plan that an object showed when its spec named the hash of it.
 * Guarantees: learned at a person's deed only; each plan counts once, for a day, and never again after it was listed anew.
 */
import { directoryOf } from "../../run/entra-deeds.ts";
import type { ClusterObject } from "../../run/person.ts";
import type { Scene } from "../../run/scene.ts";

/** API: valid 24 h, used once. */
const LIFE_MS = 24 * 3_600_000;
/** status.plan.toRemove lists so many at most; a longer plan is not listed whole. */
const LISTED_MAX = 20;

export interface RemovalApproval {
  readonly hash: string;
  readonly untilMs: number;
  /** Assignment ids that were there under the listed groups; removed ones are taken out. */
  readonly assignmentIDs: Set<string>;
}

export interface EditApproval {
  readonly hash: string;
  readonly untilMs: number;
  readonly spec: string;
  /** When the edit took effect. */
  usedMs: number | undefined;
}

interface ShownPlan {
  readonly hash?: string;
  readonly toRemove?: readonly string[];
}

export class Approvals {
  readonly removals: RemovalApproval[] = [];
  readonly edits: EditApproval[] = [];
  readonly #seen = new Set<string>();

  look(scene: Scene): void {
    for (const scope of scene.objects("groupscopes")) {
      const plan = planOf(scope);
      if (plan.hash === undefined || scope.spec?.["approvedPlan"] !== plan.hash || this.#seen.has(plan.hash)) continue;
      this.#seen.add(plan.hash);
      const names = plan.toRemove ?? [];
      this.removals.push({
        hash: plan.hash,
        untilMs: scene.nowMs() + LIFE_MS,
        assignmentIDs: new Set(assignmentsUnder(scene, names.length >= LISTED_MAX ? undefined : names)),
      });
    }
    for (const configuration of scene.objects("syncconfigurations")) {
      const plan = planOf(configuration);
      const approved = (configuration.spec?.["approvals"] as { readonly plan?: string } | undefined)?.plan;
      if (plan.hash === undefined || approved !== plan.hash || this.#seen.has(plan.hash)) continue;
      this.#seen.add(plan.hash);
      const untilMs = scene.nowMs() + LIFE_MS;
      this.edits.push({ hash: plan.hash, untilMs, spec: editedSpec(configuration), usedMs: undefined });
    }
  }

  /** Uses up the listing of one assignment. */
  takesRemoval(assignmentID: string, nowMs: number): boolean {
    return this.removals.some(({ untilMs, assignmentIDs }) => nowMs <= untilMs && assignmentIDs.delete(assignmentID));
  }

  /** Uses it up. @param readBackMs so long the operator may not have seen that it took effect, and sends it again */
  takesEdit(configuration: ClusterObject, nowMs: number, readBackMs: number): boolean {
    const edit = this.#editsOf(configuration, nowMs).find(
      ({ usedMs }) => usedMs === undefined || nowMs - usedMs <= readBackMs,
    );
    if (edit !== undefined) edit.usedMs ??= nowMs;
    return edit !== undefined;
  }

  /** A deletion takes several calls. */
  allowsDeletion(configuration: ClusterObject, nowMs: number): boolean {
    return this.#editsOf(configuration, nowMs).length > 0;
  }

  #editsOf(configuration: ClusterObject, nowMs: number): readonly EditApproval[] {
    const spec = editedSpec(configuration);
    return this.edits.filter((edit) => nowMs <= edit.untilMs && edit.spec === spec);
  }
}

function planOf({ status }: ClusterObject): ShownPlan {
  return status?.["plan"] ?? {};
}

/** What the plan of an edit covers: with another word in it the approval is of something else. */
export function editedSpec({ spec, metadata }: ClusterObject): string {
  return JSON.stringify([spec?.["entraToAD"] ?? null, metadata.deletionTimestamp !== undefined]);
}

function assignmentsUnder({ world }: Scene, names: readonly string[] | undefined): readonly string[] {
  const directory = directoryOf(world);
  const groups = directory
    .list("group")
    .filter(({ value }) => names === undefined || names.includes(value.displayName) || names.includes(value.id));
  return groups.flatMap(({ value }) => directory.assignmentsOf(value.id).map(({ id }) => id));
}
