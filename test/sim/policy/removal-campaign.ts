/**
 * Takes one action after the other out of the shipped policy and lets a fleet live under what is left.
 * Guarantees: passes only if each time a condition of a pool, agent or domain names the missing action, and under the whole policy none names any.
 */
import { ACCOUNT_ID, DEFAULT_LAYOUT } from "../../../sim/src/layout/default.ts";
import { identitiesFor, OPERATOR_KEY, shippedFor } from "../../../sim/src/layout/identities.ts";
import type { WorldLayout } from "../../../sim/src/layout/layout.ts";
import type { PolicyDocument } from "../../../sim/src/iam/document.ts";
import { say } from "../campaign/say.ts";
import { prepareProcess } from "../run/prepare.ts";
import { OWNER_ID } from "../run/installation.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import type { Plan } from "../run/plan.ts";
import { LIVES_BY_ACTION } from "./missing-actions.ts";

const NAME_WIDTH = 34;
const KINDS = ["cloudsyncagentpools", "cloudsyncagents", "addomains"];

/** @returns whether each missing action was named */
export async function removalCampaign(): Promise<boolean> {
  const simulator = await prepareProcess();
  const actions = actionsOf(shippedFor(ACCOUNT_ID, OWNER_ID));
  const strangers = Object.keys(LIVES_BY_ACTION).filter((action) => !actions.includes(action));
  for (const action of strangers) say(`${action.padEnd(NAME_WIDTH)} NOT IN THE POLICY`);
  let namedCount = 0;
  for (const action of actions) {
    const plan = LIVES_BY_ACTION[action];
    const run = async (policy: PolicyDocument, life: Plan): Promise<string | undefined> =>
      (await simulator.run(life, [namedIn(action)], layoutUnder(policy))).violation?.sentence;
    const withAll = plan && (await run(shippedFor(ACCOUNT_ID, OWNER_ID), plan));
    const without = plan && (await run(withoutAction(action), plan));
    if (withAll === undefined && without !== undefined) namedCount += 1;
    const verdict =
      plan === undefined
        ? "HAS NO LIFE IN WHICH IT IS MISSED"
        : withAll !== undefined
          ? `NAMED UNDER THE WHOLE POLICY: ${withAll}`
          : (without ?? "NOT NAMED");
    say(`${action.padEnd(NAME_WIDTH)} ${verdict}`);
  }
  say(`permissions: ${namedCount} of ${actions.length} missing actions named`);
  return namedCount === actions.length && strangers.length === 0;
}

interface ShippedStatement {
  readonly Effect: string;
  readonly Action: readonly string[];
}

function statementsOf(document: PolicyDocument): readonly ShippedStatement[] {
  return document["Statement"] as readonly ShippedStatement[];
}

export function actionsOf(document: PolicyDocument): readonly string[] {
  const allowed = statementsOf(document).filter(({ Effect }) => Effect === "Allow");
  return [...new Set(allowed.flatMap(({ Action }) => Action))];
}

function withoutAction(action: string): PolicyDocument {
  const document = shippedFor(ACCOUNT_ID, OWNER_ID);
  const statements = statementsOf(document)
    .map((statement) => ({ ...statement, Action: statement.Action.filter((one) => one !== action) }))
    .filter(({ Action }) => Action.length > 0);
  return { ...document, Statement: statements };
}

/** The operator's key and every role of its pools act under the policy. */
function layoutUnder(policy: PolicyDocument): WorldLayout {
  const iam = identitiesFor(OWNER_ID);
  const accessKeys = iam.accessKeys.map((key) =>
    key.accessKeyID === OPERATOR_KEY ? { ...key, policies: [policy] } : key,
  );
  return {
    ...DEFAULT_LAYOUT,
    iam: { ...iam, accessKeys, roles: iam.roles.map((role) => ({ ...role, policies: [policy] })) },
  };
}

/** Not a promise: ends the run as soon as a condition names the action. */
function namedIn(action: string): Oracle {
  const word = new RegExp(`\\b${action}\\b`);
  return { name: "named", after: (_, scene) => conditionNaming(scene, word) };
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
