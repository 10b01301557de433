/**
 * 1,200 groups that a selector matches at once, while Graph refuses with waits of up to 300 s and the operator dies or loses answers at fixed writes.
 * Its witness: each group is assigned once and by one POST; nothing leaves faster than the write bucket lets it; what is told to wait waits.
 */
import { entraCreated, entraPlan } from "../draw/entra-lives.ts";
import { entraWrites } from "../oracles/sight/entra-writes.ts";
import type { CloudFault, Strike } from "../run/plan.ts";
import type { Happening, Oracle, Scene } from "../run/scene.ts";
import type { Case } from "./case.ts";
import { namesInScope } from "./in-scope.ts";

const GROUPS = 1_200;
const PREFIX = "sg-mass-";
const ASSIGN = "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo";
const HOUR_MS = 3_600_000;
/** The first wave is on its way with the 100th write, and a life brings some twenty. */
const DEATHS = [106, 121, 139, 160] as const;
const LOST_ANSWERS = [112, 130, 150] as const;
const strikes: readonly Strike[] = [
  ...DEATHS.map((write): Strike => ({ write, fate: "death" })),
  ...LOST_ANSWERS.map((write): Strike => ({ write, fate: "lostAnswer" })),
];

function throttled(retryAfterSeconds: number, probability: number): CloudFault {
  const effect = { kind: "throttle", retryAfterSeconds } as const;
  return {
    on: "cloud",
    fromMs: 0,
    forMs: 2 * HOUR_MS,
    rule: { service: "graph", action: ASSIGN, probability, effect },
  };
}

export const MANY_GROUPS: Case = {
  sentence: "1,200 groups under random 429 and across restarts are assigned once each, paced, and by one POST each",
  plan: {
    ...entraPlan(7, [
      ...entraCreated(),
      { afterMs: 10_000, isSettledFirst: true, deed: { kind: "manyGroups", prefix: PREFIX, count: GROUPS } },
      {
        afterMs: 0,
        isSettledFirst: false,
        deed: { kind: "editEntra", on: "canaryScope", change: { spec: { selector: { displayNamePrefix: PREFIX } } } },
      },
    ]),
    faults: [throttled(300, 0.004), throttled(120, 0.006), throttled(20, 0.01)],
    strikes,
  },
  witness: eachOnce,
};

/** The default rate and burst of the write bucket (--graph-writes-rate, --graph-writes-burst), and what was sent before and arrived late. */
const WINDOW_MS = 60_000;
const WRITES_A_WINDOW_MAX = 30 + 10 * 61;
/** Batches that were on their way when the refusal was. */
const IN_FLIGHT_MS = 3_000;

function eachOnce(): Oracle {
  const assigned = new Map<string, number>();
  const sent: number[] = [];
  /** Until when a life of the operator may send nothing. */
  let told: { readonly operator: string; readonly fromMs: number; readonly untilMs: number } | undefined;
  let refusals = 0;
  let lives = 0;
  let lost = 0;

  function pace(happening: Happening & { readonly kind: "call" }, scene: Scene): string | undefined {
    const entries = happening.entries.filter(({ action }) => action === ASSIGN);
    const [first] = entries;
    if (first === undefined) return undefined;
    const { operator } = happening.call;
    if (told?.operator === operator && first.atMs > told.fromMs + IN_FLIGHT_MS && first.atMs < told.untilMs)
      return `assignments were sent ${(told.untilMs - first.atMs) / 1_000} s before the end of a wait that Graph had asked for`;
    sent.push(...entries.map(({ atMs }) => atMs));
    while ((sent[0] ?? 0) <= first.atMs - WINDOW_MS) sent.shift();
    if (sent.length > WRITES_A_WINDOW_MAX)
      return `${sent.length} assignments were sent within ${WINDOW_MS / 1_000} s, ${WRITES_A_WINDOW_MAX} are the bound`;
    const waits = new Map(
      scene.world.faults
        .list()
        .map(({ id, rule }) => [id, rule.effect.kind === "throttle" ? (rule.effect.retryAfterSeconds ?? 0) : 0]),
    );
    const refused = entries.flatMap(({ faults }) => faults.map((id) => waits.get(id) ?? 0));
    refusals += refused.length;
    // What the operator has not heard it cannot heed.
    if (refused.length > 0 && happening.fate.kind === "served") {
      const untilMs = first.atMs + Math.max(...refused) * 1_000;
      if (told?.operator !== operator || untilMs > told.untilMs) told = { operator, fromMs: first.atMs, untilMs };
    }
    return undefined;
  }

  return {
    name: "each group once",
    after(happening, scene) {
      if (happening.kind === "life" && happening.what === "started") lives += 1;
      if (happening.kind !== "call" || happening.call.side !== "graph") return undefined;
      if (happening.fate.kind === "lostAnswer") lost += 1;
      for (const { kind, ids } of entraWrites(happening)) {
        const group = ids.at(-1) ?? "";
        if (kind === "unassign") return `an assignment was removed: ${group}`;
        if (kind !== "assign") continue;
        assigned.set(group, (assigned.get(group) ?? 0) + 1);
        if (assigned.get(group) !== 1) return `a second POST of the group ${group} succeeded`;
      }
      return pace(happening, scene);
    },
    atRest(scene) {
      const inScope = namesInScope(scene).filter((name) => name.startsWith(PREFIX));
      const different = new Set(inScope).size;
      if (inScope.length !== GROUPS || different !== GROUPS)
        return `${inScope.length} assignments of ${different} groups are there at the end`;
      // Else the run would prove nothing.
      if (lives !== DEATHS.length + 1 || lost < 1 || refusals < 10)
        return `the troubles did not come: ${lives} lives, ${lost} answers lost, ${refusals} refusals`;
      return undefined;
    },
  };
}
