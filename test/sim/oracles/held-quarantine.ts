/**
 * S6: while a job is in quarantine nothing of its configuration is written but one restart of quarantine and escrows, or what an approval says.
 * Guarantees: judged by what the world's job has become by the call, not by what was asked for.
 * Caveats: what was decided before the quarantine began is forgiven as long as a pass can last.
 */
import type { ClusterObject } from "../run/person.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import { declarationOf, type EntraSight, type JobSeen } from "./sight/entra.ts";
import type { EntraWrite } from "./sight/entra-writes.ts";
import { minutes } from "./sight/reading.ts";
import { quarantinedFor } from "./surprise-removals.ts";

export function heldQuarantine(sight: EntraSight): Oracle {
  /** Restarts by itself of a job since it last ended a cycle well. */
  const restarts = new Map<string, { readonly count: number; readonly successMs: number }>();

  function judgeRestart(before: JobSeen, scene: Scene): string | undefined {
    const approvals = approvalsOf(declarationOf(scene, before.servicePrincipalID));
    if (approvals.forceDeletes !== undefined || approvals.rejectDeletes !== undefined) return undefined;
    const after = sight.now.get(before.servicePrincipalID)?.jobs.find(({ id }) => id === before.id);
    if (after === undefined) return undefined;
    if (after.forcesDeletes && !before.forcesDeletes)
      return `held deletions of ${before.id} were let through, and nobody approved them`;
    const isReset = (before.hasWatermark && !after.hasWatermark) || after.links < before.links;
    if (isReset) return `a quarantined job was restarted with more than quarantine and escrows`;
    const known = restarts.get(before.id);
    const hasWorked = known !== undefined && after.successMs > known.successMs;
    const count = known === undefined || hasWorked ? 1 : known.count + 1;
    restarts.set(before.id, { count, successMs: after.successMs });
    return count > RESTARTS_MAX ? `a quarantined job was restarted ${count} times without a person's word` : undefined;
  }

  function judge(write: EntraWrite, scene: Scene): string | undefined {
    const configuration = sight.configurationOf(write);
    if (configuration === undefined) return undefined;
    const { servicePrincipalID } = configuration;
    const job = sight.before.get(servicePrincipalID)?.jobs.find(({ isQuarantined }) => isQuarantined);
    if (job === undefined) return undefined;
    if (write.kind === "restart") return judgeRestart(job, scene);
    if (isLeavingByApproval(declarationOf(scene, servicePrincipalID))) return undefined;
    const heldMs = quarantinedFor(sight, servicePrincipalID, scene.nowMs()) ?? 0;
    if (heldMs <= sight.inFlightMs) return undefined;
    return `${write.action} was sent ${minutes(heldMs)} after the job was quarantined`;
  }

  return {
    name: "S6 quarantine",
    after(happening, scene) {
      sight.look(happening, scene);
      for (const write of sight.writes) {
        const sentence = judge(write, scene);
        if (sentence !== undefined) return sentence;
      }
      return undefined;
    },
  };
}

/** Counted once by itself; a second is the same one whose answer was lost. */
const RESTARTS_MAX = 2;

interface ApprovalsSpec {
  readonly plan?: string;
  readonly forceDeletes?: object;
  readonly rejectDeletes?: object;
}

function approvalsOf(configuration: ClusterObject | undefined): ApprovalsSpec {
  return configuration?.spec?.["approvals"] ?? {};
}

function isLeavingByApproval(configuration: ClusterObject | undefined): boolean {
  return configuration?.metadata.deletionTimestamp !== undefined && approvalsOf(configuration).plan !== undefined;
}
