/**
 * Whether a run's end must be that of its clean run, and what that clean run is.
 * Guarantees: comparable only with troubles that a correct operator survives without a trace, and only if each act of a person waits for rest. Pure.
 */
import type { Act, Deed, Plan } from "../run/plan.ts";
import { isHarmless } from "./faults.ts";

export function isComparable({ acts, faults }: Plan): boolean {
  const byPerson = acts.filter(({ deed }) => !isOfProcess(deed));
  return faults.every(isHarmless) && byPerson.every((act, index) => isAnswered(act, index));
}

/** The same acts without any trouble, always on the same dice: the end of a fleet's life is no matter of luck. */
export function cleanOf({ outsideCallsMax: _, ...plan }: Plan): Plan {
  return {
    ...plan,
    seed: CLEAN_SEED,
    operators: 1,
    acts: plan.acts.filter(({ deed }) => !isOfProcess(deed)),
    faults: [],
    strikes: [],
  };
}

const CLEAN_SEED = 0;
const PROCESS_KINDS: ReadonlySet<Deed["kind"]> = new Set(["operator", "restartWith", "compactWatchHistory"]);
/** Others may meet the fleet in one of several right states, and end it in one of several right ways. */
const ANSWERED_KINDS: ReadonlySet<Deed["kind"]> = new Set([
  "apply",
  "edit",
  "scale",
  "host",
  "deleteAgent",
  "deletePool",
  "finishRegistration",
  "applyEntra",
  "editEntra",
  "deleteEntra",
  "portal",
]);
const DEADLY_ACTIONS = new Set(["kill", "terminate"]);

function isOfProcess(deed: Deed): boolean {
  return PROCESS_KINDS.has(deed.kind);
}

function isAnswered({ deed, isSettledFirst }: Act, index: number): boolean {
  if (deed.kind === "host" && !DEADLY_ACTIONS.has(deed.action)) return false;
  if (deed.kind === "deletePool" && deed.propagation !== "Background") return false;
  return ANSWERED_KINDS.has(deed.kind) && (index === 0 || isSettledFirst || deed.kind === "finishRegistration");
}
