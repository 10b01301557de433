/** The lives whose decisions are kept as golden stories: on real delays and with the product's own intervals, as users meet them. */
import { answered, created } from "../draw/lives.ts";
import type { Act, Deed, Fault, Plan } from "../run/plan.ts";

export interface GoldenPlan {
  readonly name: string;
  readonly title: string;
  readonly plan: Plan;
}

const THREE = { replicas: 3, registration: "Credential" } as const;
const TWO_BY_HAND = { replicas: 2, registration: "Manual" } as const;
const MINUTE_MS = 60_000;

export const GOLDEN_PLANS: readonly GoldenPlan[] = [
  story("create", "Three agents are created, one registers at a time.", []),
  story("repair", "A host dies: its slot is filled again.", [{ kind: "host", action: "kill", index: 1 }]),
  story("replace", "A person deletes an agent: a successor is Ready before it goes.", [
    { kind: "deleteAgent", index: 0 },
  ]),
  story("scale-down", "From three to one, one after another.", [{ kind: "scale", replicas: 1 }]),
  story("delete", "The pool is deleted with everything it made.", [{ kind: "deletePool", propagation: "Background" }]),
  story("crash", "The operator is killed while hosts start, and again while one is replaced.", [
    { kind: "host", action: "kill", index: 0 },
    { kind: "operator", action: "kill", index: 0, forMs: 0 },
  ]),
  story(
    "no-capacity",
    "A zone has no room for 20 minutes.",
    [],
    [
      {
        on: "cloud",
        fromMs: 0,
        forMs: 20 * MINUTE_MS,
        rule: { action: "RunInstances", match: { availabilityZone: "ap-northeast-1c" }, effect: { kind: "capacity" } },
      },
    ],
  ),
  {
    name: "by-hand",
    title: "Two agents that a person registers.",
    plan: {
      ...base(8),
      pool: { spec: { replicas: 2, agent: { registration: { mode: "Manual", secretARN: null } } } },
      acts: created(TWO_BY_HAND),
    },
  },
];

function story(name: string, title: string, deeds: readonly Deed[], faults: readonly Fault[] = []): GoldenPlan {
  const acts: readonly Act[] = [
    ...created(THREE),
    ...deeds.flatMap((deed) => answered(deed, THREE, 10 * MINUTE_MS).map(soon(deed))),
  ];
  return { name, title, plan: { ...base(name.length), acts, faults } };
}

/** A process dies in the middle of things, a person waits. */
function soon({ kind }: Deed): (act: Act) => Act {
  return (act) => (kind === "operator" ? { ...act, isSettledFirst: false, afterMs: 3 * MINUTE_MS } : act);
}

function base(seed: number): Plan {
  return { seed, pool: {}, flags: [], delays: "real", operators: 1, acts: [], faults: [], strikes: [] };
}
