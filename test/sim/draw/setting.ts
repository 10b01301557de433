/**
 * The setting of a short run: times under which a fleet's life fits into few calls, and the pool's shape.
 * Guarantees: nothing here is a time that the product does not accept; hosts boot at once, because what is tried is the operator.
 */
import type { Plan } from "../run/plan.ts";

export interface Shape {
  readonly replicas: number;
  readonly registration: "Credential" | "Manual";
  /** Hosts are set up with a profile of its own, which is replaced when they are. */
  readonly isBootstrapped?: boolean;
  /** The image's SSM agent is too old for the product's documents. */
  readonly isImageOld?: boolean;
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

/** The world's layout: the example's profile may read every secret, the other one none. */
const BOOTSTRAPPED = {
  aws: { instanceProfile: "cloudsync-runtime", bootstrapInstanceProfile: "cloudsync-agent" },
  timeouts: { credentialExpiry: "2m" },
};
const OLD_IMAGE = { image: { id: "ami-0c3d4e5f607182930" } };

export function poolOf(shape: Shape): Readonly<Record<string, unknown>> {
  const { replicas, registration, isBootstrapped = false, isImageOld = false } = shape;
  const byPerson = { agent: { registration: { mode: "Manual", secretARN: null } } };
  return {
    spec: {
      replicas,
      remediation: { unhealthyAfter: "1m", correlationWindow: "2m" },
      health: { probeInterval: "3m", evidenceMaxAge: "7m" },
      ...(registration === "Manual" ? byPerson : {}),
      ...(isBootstrapped || isImageOld ? awsOf(shape) : {}),
    },
  };
}

function awsOf({ isBootstrapped = false, isImageOld = false }: Shape): Readonly<Record<string, unknown>> {
  const { aws, ...others } = isBootstrapped ? BOOTSTRAPPED : { aws: {} };
  return { ...others, aws: { ...aws, ...(isImageOld ? OLD_IMAGE : {}) } };
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
