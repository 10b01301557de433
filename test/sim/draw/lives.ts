/**
 * The lives of a fleet as a person asks for them, from the first apply: what the exhaustive campaign strikes write by write, and random plans build on.
 * Guarantees: each act waits until the one before has been answered, so that the end does not depend on when a crash came. Pure.
 */
import type { Act, Deed } from "../run/plan.ts";
import type { Shape } from "./setting.ts";

export const LIFE_NAMES = [
  "create",
  "scaleUp",
  "scaleDown",
  "replace",
  "rollout",
  "deleteAgent",
  "deletePool",
  "terminateByHand",
] as const;
/** Those with other writes of the operator: that a host ends by itself or by a person's hand makes no other. */
export const LIVES_TO_STRIKE = LIFE_NAMES.filter((life) => life !== "terminateByHand");
export type LifeName = (typeof LIFE_NAMES)[number];

export function actsOf(life: LifeName, shape: Shape): readonly Act[] {
  return [...created(shape), ...turnsOf(life, shape).flatMap((deed) => answered(deed, shape))];
}

export function created(shape: Shape): readonly Act[] {
  return answered({ kind: "apply" }, shape, 0);
}

/** What happens to a fleet that is there. */
export function turnsOf(life: LifeName, { replicas }: Shape): readonly Deed[] {
  switch (life) {
    case "create":
      return [];
    case "scaleUp":
      return [{ kind: "scale", replicas: replicas + 1 }];
    case "scaleDown":
      return [{ kind: "scale", replicas: replicas - 1 }];
    case "replace":
      return [{ kind: "host", action: "kill", index: 0 }];
    case "rollout":
      // Planned rollouts are not part of the product yet: a person deletes outdated agents one by one.
      return [
        { kind: "edit", change: { spec: { aws: { tags: { team: "directory" } } } } },
        ...Array.from({ length: replicas }, (): Deed => ({ kind: "deleteAgent", index: 0 })),
      ];
    case "deleteAgent":
      return [{ kind: "deleteAgent", index: 0 }];
    case "deletePool":
      return [{ kind: "deletePool", propagation: "Background" }];
    case "terminateByHand":
      return [{ kind: "host", action: "terminate", index: 0 }];
  }
}

const AFTER_REST_MS = 30_000;

/** One host at a time waits for its administrator; who tries the others finds nothing to do there. */
export function answered(deed: Deed, { registration, replicas }: Shape, afterMs = AFTER_REST_MS): readonly Act[] {
  const first: Act = { afterMs, isSettledFirst: afterMs > 0, deed };
  if (registration === "Credential") return [first];
  const rounds = deed.kind === "apply" ? replicas : 1;
  return [first, ...Array.from({ length: rounds }).flatMap(() => registrationRound(replicas))];
}

function registrationRound(replicas: number): readonly Act[] {
  return Array.from({ length: replicas + 1 }, (_, index) => ({
    afterMs: index === 0 ? AFTER_REST_MS : 1,
    isSettledFirst: index === 0,
    deed: { kind: "finishRegistration", index },
  }));
}
