/**
 * L1: a job is restarted once for a change of its settings or schema, and otherwise never: each restart makes the vendor look at everything again.
 * Guarantees: every restart that took effect counts, of all operators together; a PUT that was sent owes one, whatever was answered, and so does a
 * person's `requested-at`; one of unknown outcome may be sent once more.
 * Never: judges the restarts of a quarantine ({@link heldQuarantine}).
 */
import type { Happening, Oracle, Scene } from "../run/scene.ts";
import { declarationOf, type EntraSight } from "./sight/entra.ts";

const RESTARTS_MAX = 2;
const CHANGE = /^PUT .*\/synchronization\/(secrets|jobs\/[^/]+\/schema)$/;
const REQUESTED_AT = "cloudsync.dev/requested-at";

interface Owed {
  left: number;
  requestedAt: string | undefined;
}

export function owedRestarts(sight: EntraSight): Oracle {
  /** By service principal. */
  const owed = new Map<string, Owed>();
  const quarantinedMs = new Map<string, number>();

  function owe(servicePrincipalID: string, scene: Scene): void {
    owed.set(servicePrincipalID, { left: RESTARTS_MAX, requestedAt: requestedAtOf(servicePrincipalID, scene) });
  }

  function isOfQuarantine(servicePrincipalID: string, nowMs: number): boolean {
    const lastMs = quarantinedMs.get(servicePrincipalID);
    return lastMs !== undefined && nowMs - lastMs <= sight.inFlightMs;
  }

  function judge(servicePrincipalID: string, scene: Scene): string | undefined {
    if (isOfQuarantine(servicePrincipalID, scene.nowMs())) return undefined;
    if (owed.get(servicePrincipalID)?.requestedAt !== requestedAtOf(servicePrincipalID, scene))
      owe(servicePrincipalID, scene);
    const known = owed.get(servicePrincipalID);
    if (known === undefined || known.left === 0)
      return "the job was restarted, and nothing of its settings or schema was changed since its last restart";
    known.left -= 1;
    return undefined;
  }

  return {
    name: "L1 restarts",
    after(happening, scene) {
      sight.look(happening, scene);
      for (const { servicePrincipalID, jobs } of sight.before.values())
        if (jobs.some(({ isQuarantined }) => isQuarantined)) quarantinedMs.set(servicePrincipalID, scene.nowMs());
      for (const id of changed(happening)) owe(id, scene);
      for (const write of sight.writes) {
        const sentence = write.kind === "restart" ? judge(write.ids[0] ?? "", scene) : undefined;
        if (sentence !== undefined) return sentence;
      }
      return undefined;
    },
  };
}

/** Service principals of which a document was sent, with or without effect. */
function changed(happening: Happening): readonly string[] {
  if (happening.kind !== "call" || happening.call.side !== "graph") return [];
  return happening.entries.flatMap(({ action, facts }) =>
    CHANGE.test(action) ? (facts.objectID ?? []).slice(0, 1) : [],
  );
}

function requestedAtOf(servicePrincipalID: string, scene: Scene): string | undefined {
  return declarationOf(scene, servicePrincipalID)?.metadata.annotations?.[REQUESTED_AT];
}
