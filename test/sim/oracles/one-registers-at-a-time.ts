/**
 * S11: two set-ups of one domain never overlap.
 * Guarantees: the world's mark of an overlap does not go away, so a look every few seconds misses none; the sentence has the overlap's own time.
 */
import type { Oracle, Scene } from "../run/scene.ts";
import { SECOND_MS } from "./sight/reading.ts";

const LOOK_EVERY_MS = 10 * SECOND_MS;

export function oneRegistersAtATime(): Oracle {
  let lookedMs = 0;
  return {
    name: "S11",
    after(happening, scene) {
      if (happening.kind !== "time" || scene.nowMs() - lookedMs < LOOK_EVERY_MS) return undefined;
      lookedMs = scene.nowMs();
      return firstOverlap(scene);
    },
    atRest: firstOverlap,
  };
}

function firstOverlap(scene: Scene): string | undefined {
  for (const { dnsName } of scene.world.layout.domains.domains) {
    const [overlap] = scene.world.guests.domainTruth(dnsName)?.registrationOverlaps ?? [];
    if (overlap === undefined) continue;
    const { earlier, later, atMs } = overlap;
    const at = new Date(atMs).toISOString();
    return `${later.step} on ${later.instanceID} began at ${at} while ${earlier.step} ran on ${earlier.instanceID} of ${dnsName}`;
  }
  return undefined;
}
