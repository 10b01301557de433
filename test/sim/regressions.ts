/** Plans that failed once, made as short as they get: each is run in `make test`. A row is the last line of a failing replay, without what all have. */
import { entraApplied, entraPlan } from "./draw/entra-lives.ts";
import { quietPlan } from "./draw/setting.ts";
import type { Act, Plan } from "./run/plan.ts";

export interface Regression {
  /** What must not happen again. */
  readonly sentence: string;
  readonly plan: Plan;
}

const APPLIED: Act = { afterMs: 0, isSettledFirst: false, deed: { kind: "apply" } };

/** The example fleet as it stands, on hosts that take their time. */
function realFleet(...acts: readonly Act[]): Plan {
  return {
    seed: 1,
    pool: {},
    flags: [],
    delays: "real",
    operators: 1,
    acts: [APPLIED, ...acts],
    faults: [],
    strikes: [],
  };
}

/** A pool of one agent, quickly set up. */
function oneAgent(seed: number, ...acts: readonly Act[]): Plan {
  return quietPlan(seed, { replicas: 1, registration: "Credential" }, [APPLIED, ...acts]);
}

function pausedFor(on: "pool" | "agent", index: number, atMs: number, forMs: number): readonly Act[] {
  const annotate = { kind: "annotate", on, annotation: "cloudsync.dev/paused", index } as const;
  return [
    { afterMs: atMs, isSettledFirst: false, deed: { ...annotate, value: "true" } },
    { afterMs: forMs, isSettledFirst: false, deed: { ...annotate, value: null } },
  ];
}

/** Its job stays paused, so that nothing but the plan's own matter goes on. */
const WITHOUT_TEST = { spec: { state: "Paused", start: { gateRef: null, withoutTest: true } } };

export const REGRESSIONS: readonly Regression[] = [
  {
    sentence: "the registration slot is given back while the deleted holder's Configure runs on the host",
    plan: realFleet({ afterMs: 732_000, isSettledFirst: false, deed: { kind: "deleteAgent", index: 2 } }),
  },
  {
    sentence: "the registration slot is given back while the paused holder's Configure runs on the host",
    plan: realFleet(...pausedFor("agent", 2, 732_000, 600_000)),
  },
  {
    sentence: "a step that ends while its agent is paused stays in status for good",
    plan: realFleet(...pausedFor("pool", 0, 780_000, 180_000)),
  },
  {
    sentence: "a stopped host that is started again leaves two agents in one slot",
    plan: realFleet(
      { afterMs: 1_000, isSettledFirst: true, deed: { kind: "host", action: "stop", index: 1 } },
      { afterMs: 240_000, isSettledFirst: false, deed: { kind: "host", action: "start", index: 1 } },
    ),
  },
  {
    sentence: "after a restore from a backup an agent is created again and again under a name that is taken",
    plan: {
      ...oneAgent(530, { afterMs: 2_848, isSettledFirst: false, deed: { kind: "restoreBackup" } }),
      strikes: [{ write: 9, fate: "death" }],
    },
  },
  {
    sentence: "a record restored from a backup launches a second host, while the cache still shows the pool of before",
    plan: {
      ...oneAgent(31, { afterMs: 1_000, isSettledFirst: true, deed: { kind: "restoreBackup" } }),
      faults: [
        {
          on: "watch",
          fromMs: 0,
          forMs: 900_000,
          probability: 1,
          kind: "cloudsyncagentpools",
          effect: { kind: "late", delayMs: 60_000 },
        },
      ],
    },
  },
  {
    sentence: "a new leader launches hosts for slots that a scale down has taken away meanwhile",
    plan: {
      ...oneAgent(
        1221,
        { afterMs: 154_110, isSettledFirst: true, deed: { kind: "scale", replicas: 3 } },
        { afterMs: 35_138, isSettledFirst: false, deed: { kind: "apply" } },
      ),
      operators: 2,
      strikes: [{ write: 41, fate: "death" }],
    },
  },
  {
    sentence: "a scope whose groups may not be read is never at rest, and does not name the permission",
    plan: {
      ...entraPlan(71, [
        {
          afterMs: 0,
          isSettledFirst: false,
          deed: { kind: "consent", action: "withdraw", permission: "GroupMember.Read.All" },
        },
        APPLIED,
        { afterMs: 1_000, isSettledFirst: false, deed: entraApplied({ configuration: WITHOUT_TEST }) },
      ]),
      pool: { spec: { replicas: 0 } },
    },
  },
];
