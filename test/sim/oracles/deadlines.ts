/**
 * L2: every wait has a deadline, and is not found waiting long after it while an operator leads.
 * Guarantees: of a host that truly answers, no stored step, no boot, no registration by a person and no registration slot that others wait for outlives
 * its deadline by more than {@link NOTICE_MS}, counted from when an operator has led without a break and without troubles on its ways.
 * Never: judges what the documents leave to a person or to the pool: a paused agent, one that is being deleted (S10) but for its drain, and
 * a host that does not answer, or whose tags a person took off (a lost ping is named in its conditions; only EC2's word replaces a host in this
 * version).
 */
import { conditionOf } from "../run/rest.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import type { AgentSeen } from "./sight/cluster.ts";
import type { HostSeen } from "./sight/hosts.ts";
import { clearSinceMs } from "./sight/patience.ts";
import { agentStatus, isDeleting, MINUTE_MS, minutes, SECOND_MS } from "./sight/reading.ts";
import type { Sight } from "./sight/sight.ts";

/** A visit every 15 s while something is open, or the longest back-off of a key (5 min) and its resync (6 min). */
export const NOTICE_MS = 12 * MINUTE_MS;
const LOOK_EVERY_MS = 30 * SECOND_MS;
const SLOT_NAME = "cloudsync-slot-";

interface Slot {
  readonly holderIdentity?: string;
  readonly renewTime?: string;
  readonly leaseDurationSeconds?: number;
}

interface Wait {
  readonly what: string;
  readonly deadlineMs: number;
}

export function deadlines(sight: Sight): Oracle {
  const { cluster, hosts } = sight;
  let [lookedMs, disturbedMs] = [0, 0];

  function* waitsOf(agent: AgentSeen, host: HostSeen | undefined, scene: Scene): Generator<Wait> {
    const { object, facts } = agent;
    const { step } = agentStatus(object);
    if (step !== undefined && step.endedAt === undefined && (!isDeleting(object) || step.name === "Drain")) {
      const isFailed = step.lastError !== undefined;
      if (!isFailed) yield { what: `step ${step.name}`, deadlineMs: Date.parse(step.deadline) };
      else if (step.retryAt !== undefined)
        yield { what: `the retry of step ${step.name}`, deadlineMs: Date.parse(step.retryAt) };
    }
    if (isDeleting(object)) return;
    if (host !== undefined && conditionOf(object, "Online")?.reason === "Booting")
      yield { what: "the boot of its host", deadlineMs: host.instance.launchedAtMs + facts.onlineMs };
    const registered = conditionOf(object, "Registered")?.reason;
    if (registered === "AwaitingPerson" || registered === "AwaitingTurn") {
      const installed = conditionOf(object, "Installed") as { readonly lastTransitionTime?: string } | undefined;
      yield {
        what: `the registration by a person (${registered})`,
        deadlineMs: Date.parse(installed?.lastTransitionTime ?? "") + facts.registrationMs,
      };
    }
    if (isAwaitingSlot(agent)) yield* slotsOf(scene);
  }

  /** Waits of a host that answers count; a boot is waited for exactly while it does not. */
  function isJudged({ what }: Wait, host: HostSeen | undefined, scene: Scene): boolean {
    if (host?.instance.state !== "running" || host.agentUID === undefined) return false;
    return what.startsWith("the boot") || scene.world.guests.truth(host.instanceID)?.ssm.pingStatus === "Online";
  }

  function overdue(agent: AgentSeen, calmMs: number, scene: Scene): string | undefined {
    if (!agent.isThere || cluster.whyWithheld(agent) !== undefined) return undefined;
    const host = hosts.hostOf(agent.uid, agentStatus(agent.object).instanceID);
    const mostMs = NOTICE_MS + sight.patience.clockErrorMs;
    for (const wait of waitsOf(agent, host, scene)) {
      const lateMs = scene.wallMs() - wait.deadlineMs;
      if (!(lateMs > mostMs) || calmMs <= mostMs || !isJudged(wait, host, scene)) continue;
      return `${agent.object.metadata.name} still waits for ${wait.what}, ${minutes(lateMs)} after its deadline`;
    }
    return undefined;
  }

  return {
    name: "L2",
    after(happening, scene) {
      sight.look(happening, scene);
      const nowMs = scene.nowMs();
      if (happening.kind === "deed" || happening.kind === "life") disturbedMs = nowMs;
      if (happening.kind !== "time" || nowMs - lookedMs < LOOK_EVERY_MS) return undefined;
      lookedMs = nowMs;
      const ledSinceMs = scene.ledSinceMs();
      const clearMs = clearSinceMs(scene.plan, nowMs, "all");
      if (ledSinceMs === undefined || clearMs === undefined) return undefined;
      const calmMs = nowMs - Math.max(ledSinceMs, disturbedMs, clearMs);
      for (const agent of cluster.agents.values()) {
        const sentence = overdue(agent, calmMs, scene);
        if (sentence !== undefined) return sentence;
      }
      return undefined;
    },
  };
}

function isAwaitingSlot({ object }: AgentSeen): boolean {
  return ["Registered", "Configured"].some((type) => conditionOf(object, type)?.reason === "AwaitingRegistrationSlot");
}

function* slotsOf(scene: Scene): Generator<Wait> {
  for (const { metadata, spec } of scene.objects("leases")) {
    const { holderIdentity, renewTime, leaseDurationSeconds = 0 } = (spec ?? {}) as Slot;
    if (!metadata.name.startsWith(SLOT_NAME) || holderIdentity === undefined || renewTime === undefined) continue;
    const deadlineMs = Date.parse(renewTime) + leaseDurationSeconds * SECOND_MS;
    yield { what: `the registration slot of ${holderIdentity}`, deadlineMs };
  }
}
