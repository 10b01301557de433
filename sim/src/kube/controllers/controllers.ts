/**
 * The parts of kube-controller-manager that the operator feels, as single steps.
 * Guarantees: nothing happens until a step is run; a step looks again before it acts, so a stale one does nothing; `pending` is
 * empty when the real controllers would be idle; the order of `pending` is the same for the same state.
 */
import { garbageSteps } from "./garbage.ts";
import { namespaceSteps } from "./namespaces.ts";
import { OwnerIndex } from "./owner-index.ts";
import type { ServerState } from "../server-state.ts";

export interface Step {
  /** The same step of the same state has the same id. */
  readonly id: string;
  readonly controller: "garbage-collector" | "namespace-controller";
  /** For a story: what it does and to what. */
  readonly text: string;
  run(): void;
}

export interface Controllers {
  /** What could happen now, in any order. */
  pending(): readonly Step[];
  /** Runs steps in their listed order until none is left; for set-ups and tests. Throws after `stepsMax`. */
  settle(stepsMax?: number): void;
}

const SETTLE_STEPS_MAX = 10_000;

export function controllersOf(state: ServerState): Controllers {
  const index = new OwnerIndex(state.store);
  const pending = (): readonly Step[] => [...garbageSteps(state, index), ...namespaceSteps(state)];
  return {
    pending,
    settle(stepsMax = SETTLE_STEPS_MAX) {
      for (let count = 0; count < stepsMax; count += 1) {
        const [step] = pending();
        if (step === undefined) return;
        step.run();
      }
      throw new Error(`the controllers do not settle within ${stepsMax} steps`);
    },
  };
}
