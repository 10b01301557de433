/** Ends a run in which an operator calls without end. Guarantees: names the call; a run that merely takes its time has far fewer. */
import type { Oracle } from "../run/scene.ts";

/** Runs have about 250; a fleet that meets every trouble at once has 1,500. */
const CALLS_MAX = 6_000;

export function runaway(): Oracle {
  const counts = new Map<string, number>();
  let calls = 0;
  return {
    name: "L1",
    after(happening) {
      if (happening.kind !== "call") return undefined;
      const { site } = happening.call;
      counts.set(site, (counts.get(site) ?? 0) + 1);
      calls += 1;
      if (calls <= CALLS_MAX) return undefined;
      const [worst] = [...counts].sort(([, left], [, right]) => right - left);
      return `more than ${CALLS_MAX} calls, ${worst?.[1] ?? 0} of them "${worst?.[0] ?? ""}": goes in circles`;
    },
  };
}
