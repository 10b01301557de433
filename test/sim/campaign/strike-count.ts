/**
 * Counts how often each sort of fault struck a run.
 * Guarantees: never breaks a promise itself. Caveat: pieces of a watch are struck before anything happens, and are not counted.
 */
import type { Happening, Oracle, Scene } from "../run/scene.ts";
import type { Fate } from "../run/outside.ts";

export interface StrikeCount extends Oracle {
  counts(): Readonly<Record<string, number>>;
}

export function strikeCount(): StrikeCount {
  const counts = new Map<string, number>();
  const ruleStrikes = new Map<string, number>();
  const look = (scene: Scene): void => {
    for (const { id, rule, strikes } of scene.world.faults.list()) {
      const before = ruleStrikes.get(id) ?? 0;
      if (strikes === before) continue;
      ruleStrikes.set(id, strikes);
      raise(counts, rule.effect.kind, strikes - before);
    }
  };
  return {
    name: "count",
    after(happening, scene) {
      const sort = sortOf(happening);
      if (sort !== undefined) raise(counts, sort, 1);
      look(scene);
      return undefined;
    },
    counts: () => Object.fromEntries(counts),
  };
}

function sortOf(happening: Happening): string | undefined {
  if (happening.kind !== "call" || happening.fate.kind === "served") return undefined;
  const { fate, call } = happening;
  if (fate.kind === "death") return "death after a write";
  // Faults of the cloud's own table are counted there: what is lost here was struck by number.
  return call.side !== "kube" ? "answer of a write lost" : `kube ${wordOf(fate)}`;
}

function wordOf(fate: Fate): string {
  return fate.kind === "refused" ? String(fate.status) : fate.kind;
}

function raise(counts: Map<string, number>, sort: string, by: number): void {
  counts.set(sort, (counts.get(sort) ?? 0) + by);
}
