/**
 * The demo's second half: a configuration that waits for its canary, two groups of a team in scope and in AD, and a typo that takes nothing away.
 * Guarantees: returns only if all of it held in the world's own record; what a person does is done as a person does it, by kubectl and in the portal.
 */
import type { ControlClient } from "../../sim/src/cli/control-client.ts";
import { conditionOf, type StackObject } from "../support/stack-api.ts";
import { kubectlOk, type KubectlTarget } from "../support/kubectl.ts";
import type { EntraView } from "./entra.ts";
import {
  countOf,
  directoryTable,
  entraDisagreements,
  jobState,
  lastResult,
  planOf,
  type ShownPlan,
} from "./entra-view.ts";
import { DemoFailure, follow, type Following, type Subject } from "./follow.ts";
import type { Journal } from "./journal.ts";
import { CANARY, FLEET_NAMESPACE, TEAM_NAMESPACE, TEAM_SCOPE } from "./names.ts";

export interface EntraPlay {
  readonly following: Following;
  readonly subject: Subject<EntraView>;
  readonly journal: Journal;
  readonly target: KubectlTarget;
  readonly control: ControlClient;
  readonly tenantID: string;
  /** Graph calls so far that take a group out of scope. */
  readonly removalsSent: () => Promise<number>;
}

/** Generous: seconds on an idle laptop, a minute where Entra shows a new configuration late. */
const STEP_TIMEOUT_MS = 120_000;
const CANARY_GROUP = "sg-canary";
const TEAM_GROUPS = ["sg-sales-emea", "sg-sales-japan"] as const;
const SELECTOR = "sg-sales-";
const TYPO = "sg-sale-";

export async function playEntra(play: EntraPlay): Promise<void> {
  await waitForCanary(play);
  await start(play);
  const plan = await mistype(play);
  await approve(play, plan);
  await correct(play);
}

/** Nothing runs before a group was seen in AD with its members. */
async function waitForCanary({ following, subject, control, tenantID }: EntraPlay): Promise<void> {
  const { narrator } = following;
  const view = await follow(following, subject, {
    sentence: "the configuration is made, and its canary has run",
    isReached: ({ configuration, canary, world }) =>
      jobState(configuration) === "Paused" && lastResult(canary) !== undefined && world.configurations.length > 0,
    timeoutMs: STEP_TIMEOUT_MS,
  });
  const result = lastResult(view.canary);
  narrator.say(
    `the configuration is made, and its job is paused; the canary is ${result?.result ?? "?"}: ${result?.reason ?? "?"}`,
  );
  narrator.print([`  ${result?.message ?? ""}`]);
  const [made] = view.world.configurations;
  demand(result?.reason === "MembershipNotWritten", `the canary ended with ${result?.reason ?? "nothing"}`);
  demand(made?.jobs[0]?.hasRun === false, "the job has run before its canary passed");
  await control.ask("POST", `/synchronization/${tenantID}/${made?.servicePrincipalID ?? ""}/membership`, {
    isOn: true,
  });
  narrator.say(
    'a person turns on "Provision membership to on-premises users" in the portal: off for new configurations, and no API shows it',
  );
}

async function start({ following, subject, journal, target }: EntraPlay): Promise<void> {
  const { narrator } = following;
  journal.note("the membership switch is on; the canary is asked for again", Date.now());
  const asked = [
    "annotate",
    `pt/${CANARY}`,
    "-n",
    FLEET_NAMESPACE,
    `cloudsync.dev/requested-at=${new Date().toISOString()}`,
  ];
  await kubectlOk(target, asked);
  narrator.say(`kubectl ${asked.slice(0, 4).join(" ")} cloudsync.dev/requested-at=...`);
  await follow(following, subject, {
    sentence: "the canary passes",
    isReached: ({ canary }) => lastResult(canary)?.result === "Passed",
    timeoutMs: STEP_TIMEOUT_MS,
  });
  const view = await follow(following, subject, {
    sentence: "the job is started, and the team's groups are in AD",
    isReached: isSettledWith([CANARY_GROUP, ...TEAM_GROUPS]),
    timeoutMs: STEP_TIMEOUT_MS,
  });
  narrator.say("the canary passed, so the operator started the job; the world's own record of both ends:");
  show(following, view, [CANARY_GROUP, ...TEAM_GROUPS]);
}

/** A selector that matches nothing any more: held back, with its plan. */
async function mistype({ following, subject, journal, target, removalsSent }: EntraPlay): Promise<ShownPlan> {
  const { narrator } = following;
  await patchScope(target, { selector: { displayNamePrefix: TYPO } });
  journal.note(`a typo in the team's selector: "${TYPO}"`, Date.now());
  narrator.say(`a typo: kubectl patch gs/${TEAM_SCOPE} -n ${TEAM_NAMESPACE} ... displayNamePrefix: ${TYPO}`);
  const view = await follow(following, subject, {
    sentence: "the removal is held back",
    isReached: ({ scopes }) => {
      const scope = teamScope(scopes);
      return planOf(scope) !== undefined && conditionOf(scope, "RemovalApproved")?.status === "False";
    },
    timeoutMs: STEP_TIMEOUT_MS,
  });
  const scope = teamScope(view.scopes);
  const plan = planOf(scope);
  const held = conditionOf(scope, "RemovalApproved");
  if (plan === undefined) throw new DemoFailure("the scope shows no plan");
  narrator.say(`held back: ${held?.reason ?? "?"}`);
  narrator.print([
    `  ${held?.message ?? ""}`,
    `  would leave: ${(plan.toRemove ?? []).join(", ")}`,
    `  plan: ${plan.hash}`,
    `  in scope in the world: ${assignedIn(view).join(", ")}`,
  ]);
  demand(assignedIn(view).length === 1 + TEAM_GROUPS.length, "a group left its scope without approval");
  demand((await removalsSent()) === 0, "a removal was sent without approval");
  journal.note(`held back: ${held?.reason ?? "?"}`, Date.now());
  return plan;
}

/** The plan is approved all the same, to show that it does act: exactly those groups leave, once. */
async function approve(
  { following, subject, journal, target, removalsSent }: EntraPlay,
  plan: ShownPlan,
): Promise<void> {
  const { narrator } = following;
  await patchScope(target, { approvedPlan: plan.hash });
  journal.note("somebody with the verb approve names the plan's hash", Date.now());
  narrator.say(
    `approved by its hash: kubectl patch gs/${TEAM_SCOPE} -n ${TEAM_NAMESPACE} ... approvedPlan: ${plan.hash.slice(0, 19)}...`,
  );
  const view = await follow(following, subject, {
    sentence: "the approved removal is carried out",
    isReached: isSettledWith([CANARY_GROUP]),
    timeoutMs: STEP_TIMEOUT_MS,
  });
  const sent = await removalsSent();
  demand(sent === TEAM_GROUPS.length, `${sent} removals were sent, not ${TEAM_GROUPS.length}`);
  narrator.say(
    `carried out once: ${sent} removals; what AD keeps of them is the world's choice, as the vendor does not say`,
  );
  show(following, view, [CANARY_GROUP]);
}

async function correct({ following, subject, journal, target, removalsSent }: EntraPlay): Promise<void> {
  const { narrator } = following;
  await patchScope(target, { selector: { displayNamePrefix: SELECTOR } });
  journal.note("the typo is corrected", Date.now());
  narrator.say(`the typo is corrected: displayNamePrefix: ${SELECTOR}`);
  const view = await follow(following, subject, {
    sentence: "the team's groups are back",
    isReached: isSettledWith([CANARY_GROUP, ...TEAM_GROUPS]),
    timeoutMs: STEP_TIMEOUT_MS,
  });
  demand((await removalsSent()) === TEAM_GROUPS.length, "the used approval took something away again");
  show(following, view, [CANARY_GROUP, ...TEAM_GROUPS]);
}

/** Both records agree, and AD holds exactly these groups. */
function isSettledWith(names: readonly string[]): (view: EntraView) => boolean {
  return (view) => entraDisagreements(view, names).length === 0 && assignedIn(view).join() === names.toSorted().join();
}

function assignedIn({ world }: EntraView): readonly string[] {
  return world.configurations.flatMap(({ assigned }) => assigned).toSorted();
}

function show({ narrator }: Following, view: EntraView, names: readonly string[]): void {
  narrator.print(directoryTable(view).map((line) => `  ${line}`));
  const disagreements = entraDisagreements(view, names);
  if (disagreements.length > 0) throw new DemoFailure(`the two records disagree:\n${disagreements.join("\n")}`);
  narrator.say(
    `status and world agree: ${view.scopes.map((scope) => `${scope.metadata.name} ${countOf(scope, "assigned")}`).join(", ")} in scope`,
  );
}

function teamScope(scopes: readonly StackObject[]): StackObject | undefined {
  return scopes.find(({ metadata }) => metadata.namespace === TEAM_NAMESPACE);
}

async function patchScope(target: KubectlTarget, spec: object): Promise<void> {
  const patch = JSON.stringify({ spec });
  await kubectlOk(target, ["patch", `gs/${TEAM_SCOPE}`, "-n", TEAM_NAMESPACE, "--type=merge", "-p", patch]);
}

function demand(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new DemoFailure(otherwise);
}
