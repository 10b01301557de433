/**
 * Takes one action after the other out of the shipped policy and lets a fleet live under what is left.
 * Guarantees: passes only if each time a condition of a pool, agent or domain, or an event, names the missing action, and under the whole policy
 * the same lives name none.
 */
import type { PolicyDocument } from "../../../sim/src/iam/document.ts";
import { ACCOUNT_ID, DEFAULT_LAYOUT } from "../../../sim/src/layout/default.ts";
import { identitiesFor, OPERATOR_KEY, shippedFor } from "../../../sim/src/layout/identities.ts";
import type { WorldLayout } from "../../../sim/src/layout/layout.ts";
import { say } from "../campaign/say.ts";
import { OWNER_ID } from "../run/installation.ts";
import type { Plan } from "../run/plan.ts";
import { prepareProcess } from "../run/prepare.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import { LIVES_BY_ACTION } from "./missing-actions.ts";
import { actionsOf, statementsOf } from "./shipped-actions.ts";

const NAME_WIDTH = 34;
const NAMED = "named";
const KINDS = ["cloudsyncagentpools", "cloudsyncagents", "addomains"];
const SHIPPED = shippedFor(ACCOUNT_ID, OWNER_ID);

/** @returns whether each missing action was named, and nothing else */
export async function removalCampaign(): Promise<boolean> {
  const simulator = await prepareProcess();
  /** The sentence that names one of the actions. A fleet that cannot do its work may break a promise of rest, which is not asked here. */
  const naming = async (
    plan: Plan,
    policy: PolicyDocument,
    actions: readonly string[],
  ): Promise<string | undefined> => {
    const { violation } = await simulator.run(plan, [namedIn(actions)], layoutUnder(policy));
    return violation?.oracle === NAMED ? violation.sentence : undefined;
  };
  const actions = actionsOf(SHIPPED);
  let falseAlarms = 0;
  for (const plan of new Set(Object.values(LIVES_BY_ACTION))) {
    const sentence = await naming(plan, SHIPPED, actions);
    if (sentence === undefined) continue;
    falseAlarms += 1;
    say(`NAMED UNDER THE WHOLE POLICY: ${sentence}`);
  }
  let namedCount = 0;
  for (const action of actions) {
    const plan = LIVES_BY_ACTION[action];
    const sentence = plan && (await naming(plan, without(action), [action]));
    if (sentence !== undefined) namedCount += 1;
    say(`${action.padEnd(NAME_WIDTH)} ${sentence ?? (plan === undefined ? "NO LIFE MISSES IT" : "NOT NAMED")}`);
  }
  say(`permissions: ${namedCount} of ${actions.length} missing actions named, ${falseAlarms} named that were there`);
  return namedCount === actions.length && falseAlarms === 0;
}

function without(action: string): PolicyDocument {
  const statements = statementsOf(SHIPPED)
    .map((statement) => ({ ...statement, Action: statement.Action.filter((one) => one !== action) }))
    .filter(({ Action }) => Action.length > 0);
  return { ...SHIPPED, Statement: statements };
}

/** The operator's key and every role of its pools act under the policy. */
function layoutUnder(policy: PolicyDocument): WorldLayout {
  const iam = identitiesFor(OWNER_ID);
  const policies = [policy];
  const accessKeys = iam.accessKeys.map((key) => (key.accessKeyID === OPERATOR_KEY ? { ...key, policies } : key));
  return { ...DEFAULT_LAYOUT, iam: { ...iam, accessKeys, roles: iam.roles.map((role) => ({ ...role, policies })) } };
}

/** Not a promise: ends the run as soon as a condition or an event names one of the actions. */
function namedIn(actions: readonly string[]): Oracle {
  const word = new RegExp(`\\b(${actions.join("|")})\\b`);
  return { name: NAMED, after: (_, scene) => conditionNaming(scene, word) ?? eventNaming(scene, word) };
}

function conditionNaming(scene: Scene, word: RegExp): string | undefined {
  for (const kind of KINDS) {
    for (const { status } of scene.objects(kind)) {
      const conditions = (status?.["conditions"] ?? []) as readonly Record<"type" | "reason" | "message", string>[];
      const found = conditions.find(({ message }) => word.test(message));
      if (found !== undefined) return `${kind} ${found.type}=${found.reason}: ${found.message}`;
    }
  }
  return undefined;
}

function eventNaming(scene: Scene, word: RegExp): string | undefined {
  const notes = scene.objects("events").map((event) => event as unknown as Record<"reason" | "note", string>);
  const found = notes.find(({ note }) => word.test(note));
  return found && `event ${found.reason}: ${found.note}`;
}
