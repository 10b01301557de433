/**
 * The strictest of object, pool, domain and tenant decides whether anything outside may be written.
 * Guarantees: the first source that forbids is named, so that a person knows what to change.
 */
export interface ModeSource {
  readonly kind: string; // "CloudSyncAgentPool"
  readonly name: string;
  readonly mode: string | undefined; // Enforce | Observe; an unknown word counts as Observe (S5)
  readonly isPaused: boolean;
}

export type EffectiveMode =
  | { readonly kind: "enforce" }
  | { readonly kind: "observe"; readonly reason: string; readonly message: string }
  | { readonly kind: "paused"; readonly reason: string; readonly message: string };

const OBSERVE_REASONS: Readonly<Record<string, string>> = {
  EntraTenant: "TenantObserve",
  ADDomain: "DomainObserve",
  CloudSyncAgentPool: "PoolObserve",
};

/** Pause wins over Observe; among equals the first source in the order given. */
export function effectiveMode(sources: readonly ModeSource[]): EffectiveMode {
  const paused = sources.find((source) => source.isPaused);
  if (paused !== undefined) {
    return {
      kind: "paused",
      reason: `${shortKind(paused.kind)}Paused`,
      message: `${paused.kind} ${paused.name} carries cloudsync.dev/paused: remove the annotation to go on.`,
    };
  }
  const observing = sources.find((source) => source.mode !== undefined && source.mode !== "Enforce");
  if (observing !== undefined) {
    return {
      kind: "observe",
      reason: OBSERVE_REASONS[observing.kind] ?? "Observe",
      message: `${observing.kind} ${observing.name} has spec.mode ${observing.mode ?? ""}: nothing outside is written until it is Enforce.`,
    };
  }
  return { kind: "enforce" };
}

function shortKind(kind: string): string {
  return kind === "EntraTenant"
    ? "Tenant"
    : kind === "ADDomain"
      ? "Domain"
      : kind === "CloudSyncAgentPool"
        ? "Pool"
        : "Object";
}
