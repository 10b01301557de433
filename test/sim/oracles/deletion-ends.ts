/**
 * S10: a deletion ends within a bounded time, or the object says what blocks it.
 * Guarantees: judged only after {@link SAYS_AFTER_MS} without any trouble and under one operator without a break: then an object that is still being
 * deleted, held by a finalizer of ours, must say why in a condition of its present generation, in words.
 * Never: judges what others' finalizers hold.
 */
import type { ClusterObject } from "../run/person.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import { clearSinceMs } from "./sight/patience.ts";
import { MINUTE_MS, minutes } from "./sight/reading.ts";

/** A drain (10 min), the proof of an absence (5 min), EC2's own time to end a host, each once more after a back-off of 5 min. */
export const SAYS_AFTER_MS = 40 * MINUTE_MS;
const LOOK_EVERY_MS = MINUTE_MS;
const PLURALS = ["entratenants", "addomains", "cloudsyncagentpools", "cloudsyncagents"] as const;
const OURS = "cloudsync.dev/";
/** Each with the status in which it says that something is open. */
const TELLING: Readonly<Record<string, string>> = { Ready: "False", Reconciling: "True", Stalled: "True" };

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

export function deletionEnds(): Oracle {
  let troubledMs = 0;
  let lookedMs = 0;

  return {
    name: "S10",
    after(happening, scene) {
      const nowMs = scene.nowMs();
      if (happening.kind === "deed" || happening.kind === "life") troubledMs = nowMs;
      if (happening.kind === "call" && happening.fate.kind !== "served") troubledMs = nowMs;
      if (happening.kind !== "time" || nowMs - lookedMs < LOOK_EVERY_MS) return undefined;
      lookedMs = nowMs;
      const ledSinceMs = scene.ledSinceMs();
      const clearMs = clearSinceMs(scene.plan, nowMs, "all");
      if (ledSinceMs === undefined || clearMs === undefined) return undefined;
      const calmSinceMs = Math.max(troubledMs, ledSinceMs, clearMs);
      return nowMs - calmSinceMs < SAYS_AFTER_MS ? undefined : silentDeletion(scene);
    },
  };
}

function silentDeletion(scene: Scene): string | undefined {
  for (const object of PLURALS.flatMap((plural) => scene.objects(plural))) {
    const { name, deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp === undefined) continue;
    const sinceMs = scene.wallMs() - Date.parse(deletionTimestamp);
    const held = finalizers.filter((finalizer) => finalizer.startsWith(OURS));
    if (sinceMs < SAYS_AFTER_MS || held.length === 0 || says(object)) continue;
    return `${object.kind} ${name} has been deleted for ${minutes(sinceMs)}, held by ${held.join(", ")}, and no condition says why`;
  }
  return undefined;
}

function says({ metadata, status }: ClusterObject): boolean {
  const conditions = (status?.["conditions"] ?? []) as readonly Condition[];
  return conditions.some(
    ({ type, status: is, message, observedGeneration }) =>
      TELLING[type] === is && message !== "" && observedGeneration === metadata.generation,
  );
}
