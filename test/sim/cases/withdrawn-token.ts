/**
 * Graph says again and again that the delta token is too old, in both of its ways, while groups are made that a selector matches.
 * Its witness: they come in all the same, each once, and nothing leaves.
 */
import { entraCreated, entraPlan } from "../draw/entra-lives.ts";
import { entraWrites } from "../oracles/sight/entra-writes.ts";
import type { Act, CloudFault } from "../run/plan.ts";
import type { Oracle } from "../run/scene.ts";
import type { Case } from "./case.ts";
import { namesInScope } from "./in-scope.ts";

const PREFIXES = ["sg-sales-x", "sg-sales-y", "sg-sales-z"] as const;
const EACH = 3;
/** Longer than a delta query is late. */
const BETWEEN_MS = 20 * 60_000;

function startOver(code: string, httpStatus: number): CloudFault {
  const effect = { kind: "error", code, httpStatus } as const;
  return {
    on: "cloud",
    fromMs: 0,
    forMs: 3 * 3_600_000,
    rule: { service: "graph", action: "GET /groups/delta", probability: 0.55, effect },
  };
}

export const WITHDRAWN_TOKEN: Case = {
  sentence: "groups that are made while delta tokens are withdrawn come in, and nothing leaves",
  plan: {
    ...entraPlan(11, [
      ...entraCreated(),
      { afterMs: 0, isSettledFirst: true, deed: { kind: "look", at: "all is applied" } },
      ...PREFIXES.map((prefix): Act => ({
        afterMs: BETWEEN_MS,
        isSettledFirst: false,
        deed: { kind: "manyGroups", prefix, count: EACH },
      })),
    ]),
    faults: [startOver("syncStateNotFound", 410), startOver("resyncRequired", 400)],
  },
  witness: comeIn,
};

function comeIn(): Oracle {
  const told = new Map<string, number>();
  return {
    name: "withdrawn tokens",
    after(happening, scene) {
      for (const { rule, strikes } of scene.world.faults.list())
        if (rule.effect.kind === "error") told.set(rule.effect.code, strikes);
      return entraWrites(happening).some(({ kind }) => kind === "unassign") ? "an assignment was removed" : undefined;
    },
    atRest(scene) {
      const names = namesInScope(scene);
      const newcomers = names.filter((name) => PREFIXES.some((prefix) => name.startsWith(prefix)));
      if (newcomers.length !== PREFIXES.length * EACH) return `in scope at the end: ${names.join(", ")}`;
      // Else the run would prove nothing.
      return [...told.values()].filter((strikes) => strikes > 0).length === 2
        ? undefined
        : `the tokens were not withdrawn: ${JSON.stringify([...told])}`;
    },
  };
}
