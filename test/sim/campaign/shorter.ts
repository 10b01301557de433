/** The plans that are a little shorter than a plan, the boldest first. Guarantees: each is strictly shorter, so that shrinking ends. Pure. */
import type { Act, Fault, Plan } from "../run/plan.ts";

export function shorterPlans(plan: Plan): readonly Plan[] {
  return [
    ...without(plan.faults).map((faults): Plan => ({ ...plan, faults })),
    ...without(plan.strikes).map((strikes): Plan => ({ ...plan, strikes })),
    ...without(plan.acts).map((acts): Plan => ({ ...plan, acts })),
    ...(plan.operators > 1 ? [{ ...plan, operators: plan.operators - 1 }] : []),
    ...fewerReplicas(plan),
    ...eachReplaced(plan.acts, sooner).map((acts): Plan => ({ ...plan, acts })),
    ...eachReplaced(plan.faults, calmer).map((faults): Plan => ({ ...plan, faults })),
  ];
}

/** Nothing at all, then halves, then all but one. */
function without<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length === 0) return [];
  const half = Math.ceil(items.length / 2);
  const halves = items.length > 3 ? [items.slice(0, half), items.slice(half)] : [];
  const allButOne = items.length > 1 ? items.map((_, index) => items.toSpliced(index, 1)) : [];
  return [[], ...halves, ...allButOne];
}

function fewerReplicas(plan: Plan): readonly Plan[] {
  const spec = plan.pool["spec"] as { readonly replicas?: number } | undefined;
  const replicas = spec?.replicas ?? 0;
  return replicas > 1 ? [{ ...plan, pool: { ...plan.pool, spec: { ...spec, replicas: replicas - 1 } } }] : [];
}

function eachReplaced<Item>(
  items: readonly Item[],
  by: (item: Item) => Item | undefined,
): readonly (readonly Item[])[] {
  return items.flatMap((item, index) => {
    const other = by(item);
    return other === undefined ? [] : [items.with(index, other)];
  });
}

/** Times below this say nothing. */
const TIME_MIN_MS = 1_000;

function sooner(act: Act): Act | undefined {
  return act.afterMs > TIME_MIN_MS ? { ...act, afterMs: Math.floor(act.afterMs / 2) } : undefined;
}

function calmer(fault: Fault): Fault | undefined {
  return fault.forMs > TIME_MIN_MS ? { ...fault, forMs: Math.floor(fault.forMs / 2) } : undefined;
}
