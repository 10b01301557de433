/** Plans that failed once, made as short as they get: each is run in `make test`. A row is copied from the last line of a failing replay. */
import type { Plan } from "./run/plan.ts";

export interface Regression {
  /** What must not happen again. */
  readonly sentence: string;
  readonly plan: Plan;
}

export const REGRESSIONS: readonly Regression[] = [
  {
    sentence: "the registration slot is given back while the deleted holder's Configure runs on the host",
    plan: {
      seed: 1,
      pool: {},
      flags: [],
      delays: "real",
      operators: 1,
      acts: [
        { afterMs: 0, isSettledFirst: false, deed: { kind: "apply" } },
        { afterMs: 732_000, isSettledFirst: false, deed: { kind: "deleteAgent", index: 2 } },
      ],
      faults: [],
      strikes: [],
    },
  },
  {
    sentence: "the registration slot is given back while the paused holder's Configure runs on the host",
    plan: {
      seed: 1,
      pool: {},
      flags: [],
      delays: "real",
      operators: 1,
      acts: [
        { afterMs: 0, isSettledFirst: false, deed: { kind: "apply" } },
        {
          afterMs: 732_000,
          isSettledFirst: false,
          deed: { kind: "annotate", on: "agent", annotation: "cloudsync.dev/paused", value: "true", index: 2 },
        },
        {
          afterMs: 600_000,
          isSettledFirst: false,
          deed: { kind: "annotate", on: "agent", annotation: "cloudsync.dev/paused", value: null, index: 2 },
        },
      ],
      faults: [],
      strikes: [],
    },
  },
  {
    sentence: "a step that ends while its agent is paused stays in status for good",
    plan: {
      seed: 1,
      pool: {},
      flags: [],
      delays: "real",
      operators: 1,
      acts: [
        { afterMs: 0, isSettledFirst: false, deed: { kind: "apply" } },
        {
          afterMs: 780_000,
          isSettledFirst: false,
          deed: { kind: "annotate", on: "pool", annotation: "cloudsync.dev/paused", value: "true", index: 0 },
        },
        {
          afterMs: 180_000,
          isSettledFirst: false,
          deed: { kind: "annotate", on: "pool", annotation: "cloudsync.dev/paused", value: null, index: 0 },
        },
      ],
      faults: [],
      strikes: [],
    },
  },
  {
    sentence: "a stopped host that is started again leaves two agents in one slot",
    plan: {
      seed: 1,
      pool: {},
      flags: [],
      delays: "real",
      operators: 1,
      acts: [
        { afterMs: 0, isSettledFirst: false, deed: { kind: "apply" } },
        { afterMs: 1_000, isSettledFirst: true, deed: { kind: "host", action: "stop", index: 1 } },
        { afterMs: 240_000, isSettledFirst: false, deed: { kind: "host", action: "start", index: 1 } },
      ],
      faults: [],
      strikes: [],
    },
  },
  {
    sentence: "after a restore from a backup an agent is created again and again under a name that is taken",
    plan: {
      seed: 530,
      pool: {
        spec: {
          replicas: 1,
          remediation: { unhealthyAfter: "1m", correlationWindow: "2m" },
          health: { probeInterval: "3m", evidenceMaxAge: "7m" },
        },
      },
      flags: [
        "--inventory-interval=2m",
        "--ping-age-max=8m",
        "--lease-duration=3m",
        "--lease-renew-deadline=150s",
        "--lease-retry-period=1m",
        "--ssm-send-rate=5",
        "--ssm-send-burst=5",
      ],
      delays: "zero",
      operators: 1,
      acts: [
        { afterMs: 0, isSettledFirst: false, deed: { kind: "apply" } },
        { afterMs: 2848, isSettledFirst: false, deed: { kind: "restoreBackup" } },
      ],
      faults: [],
      strikes: [{ write: 9, fate: "death" }],
    },
  },
];
