/**
 * The setting of a short run: times under which a fleet's life fits into few calls, and the pool's shape.
 * Guarantees: nothing here is a time that the product does not accept; hosts boot at once, because what is tried is the operator.
 */
import type { Plan } from "../run/plan.ts";

export interface Shape {
  readonly replicas: number;
  readonly registration: "Credential" | "Manual";
}

/** Reads at rest and renewals are most of a run's calls: as rare as keeps each wait of a fault (a dead leader, a dead host) short. */
export const RUN_FLAGS: readonly string[] = [
  "--inventory-interval=2m",
  "--ping-age-max=8m",
  "--lease-duration=3m",
  "--lease-renew-deadline=150s",
  "--lease-retry-period=1m",
  "--ssm-send-rate=5",
  "--ssm-send-burst=5",
];

export function poolOf({ replicas, registration }: Shape): Readonly<Record<string, unknown>> {
  const byPerson = { agent: { registration: { mode: "Manual", secretARN: null } } };
  return {
    spec: {
      replicas,
      remediation: { unhealthyAfter: "1m", correlationWindow: "2m" },
      health: { probeInterval: "3m", evidenceMaxAge: "7m" },
      ...(registration === "Manual" ? byPerson : {}),
    },
  };
}

export function quietPlan(seed: number, shape: Shape, acts: Plan["acts"]): Plan {
  return {
    seed,
    pool: poolOf(shape),
    flags: RUN_FLAGS,
    delays: "zero",
    operators: 1,
    acts,
    faults: [],
    strikes: [],
  };
}
