/**
 * Replaces an instance's bootstrap profile by the runtime profile.
 * Guarantees: which profile is in force is read just before; the intent is stored before the call leaves; a lost answer or a crash is made good by the
 * next reading, and a repeat of the call is refused by EC2 because the association that it names is gone.
 * Never: replaces a profile that is neither; believes the inventory alone that it is done.
 * @see EC2 API Reference, ReplaceIamInstanceProfileAssociation (running instances; answers with a new association that is `associating` first)
 */
import { parseInstanceId } from "../../aws/instances/port.ts";
import type { ProfileAssociation } from "../../aws/profiles/port.ts";
import type { AwsScope } from "../../aws/scope/port.ts";
import type { AgentPlan } from "../../fleet/agent/decide.ts";
import { isProfile } from "../../fleet/agent/secrets.ts";
import type { Failure } from "../../runtime/failure.ts";
import { NOTHING, type ActContext, type ActOutcome } from "./act.ts";
import { instantText } from "../../fleet/instant.ts";
import { holdDelayMs } from "./memory.ts";
import { storeIntent } from "./publish.ts";

export async function swapProfile(plan: AgentPlan, scope: AwsScope, context: ActContext): Promise<ActOutcome> {
  const { ports, memory, observed, signal } = context;
  const { agent, nowMs } = observed.snapshot;
  const { uid } = agent.metadata;
  const rest: ActOutcome = { current: agent, change: NOTHING, next: "rest" };
  const instanceID = parseInstanceId(agent.status.instanceID ?? "");
  if (instanceID === undefined) throw new Error("a profile was to be replaced on an agent without an instance");
  const listing = await ports.profiles.associations(scope, instanceID, signal);
  if (listing.kind === "failed") return refused(listing.failure, context);
  // What this reading says is news to the inventory, one way or the other.
  ports.inventory.refreshSoon(scope);
  const { aws } = agent.spec.template;
  const runtime = listing.items.find((one) => isProfile(aws.instanceProfile, one.profileARN));
  if (runtime !== undefined && runtime.state !== "disassociating" && runtime.state !== "disassociated") {
    if (runtime.state !== "associated" || agent.status.secrets?.replacedAt !== undefined) return rest;
    memory.clearHold(uid);
    const secrets = { ...agent.status.secrets, replacedAt: instantText(nowMs) };
    return { current: agent, change: { secrets }, next: "again" };
  }
  const active = listing.items.find((one) => isBootstrap(one, aws.bootstrapInstanceProfile));
  return active === undefined ? rest : replace(plan, active, scope, context);
}

function isBootstrap({ profileARN, state }: ProfileAssociation, bootstrap: string | undefined): boolean {
  return state === "associated" && bootstrap !== undefined && isProfile(bootstrap, profileARN);
}

async function replace(
  plan: AgentPlan,
  { associationID }: ProfileAssociation,
  scope: AwsScope,
  context: ActContext,
): Promise<ActOutcome> {
  const { ports, memory, observed, signal } = context;
  const { agent, nowMs } = observed.snapshot;
  const stored = agent.status.secrets;
  let current = agent;
  // A profile that was put back by hand opens the way again: what was waited for and proved before counts no more.
  if (stored?.swapIntendedAt === undefined || stored.replacedAt !== undefined) {
    const secrets = { swapIntendedAt: instantText(nowMs) };
    const written = await storeIntent(observed.snapshot, plan, { secrets }, ports, signal);
    if (written.kind !== "ok") return { current, change: NOTHING, next: "backOff" };
    current = written.object;
  }
  const change = { associationID, profile: agent.spec.template.aws.instanceProfile };
  const outcome = await ports.profiles.replace(scope, change, signal);
  ports.inventory.refreshSoon(scope);
  if (outcome.kind !== "done") return { ...refused(outcome.failure, context), current };
  memory.remember(agent.metadata.uid, SENT, SENT_RECHECK_MS);
  return { current, change: NOTHING, next: "again" };
}

/** Remembered, so that a refusal is not asked again at once and its reason stands in the condition. */
function refused(failure: Failure, { ports, memory, observed }: ActContext): ActOutcome {
  const { agent } = observed.snapshot;
  memory.remember(agent.metadata.uid, failure, holdDelayMs(failure, ports.capacityMemoryMs, agent.metadata.uid));
  return { current: agent, change: NOTHING, next: "again", failure };
}

/** The association is `associating` for some seconds: no figure is documented. */
const SENT_RECHECK_MS = 10_000;
const SENT: Failure = {
  class: "Wait",
  reason: "ProfileAssociating",
  message: "The replacement of the instance profile was accepted.",
  fix: "None: looked at again.",
};
