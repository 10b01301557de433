/** Every promise that a run is held to; the order is that of a person's alarm. */
import type { Oracle } from "../run/scene.ts";
import { boundedWrites } from "./bounded-writes.ts";
import { deadlines } from "./deadlines.ts";
import { deletionEnds } from "./deletion-ends.ts";
import { floor } from "./floor.ts";
import { honestPool } from "./honest-pool.ts";
import { honestReady } from "./honest-ready.ts";
import { leaderWrites } from "./leader-writes.ts";
import { noSecrets } from "./no-secrets.ts";
import { noSpinning } from "./no-spinning.ts";
import { oneHostPerAgent } from "./one-host-per-agent.ts";
import { oneRegistersAtATime } from "./one-registers-at-a-time.ts";
import { oursOnly } from "./ours-only.ts";
import { secretsReleased } from "./secrets-released.ts";
import { Sight } from "./sight/sight.ts";
import { unknownIsNotUnhealthy } from "./unknown-is-not-unhealthy.ts";

/** New ones, for one run. */
export function allOracles(): readonly Oracle[] {
  const sight = new Sight();
  return [
    oneHostPerAgent(sight),
    oursOnly(sight),
    floor(sight),
    unknownIsNotUnhealthy(sight),
    honestReady(sight),
    honestPool(sight),
    oneRegistersAtATime(),
    leaderWrites(),
    noSecrets(),
    secretsReleased(sight),
    deletionEnds(),
    deadlines(sight),
    boundedWrites(),
    noSpinning(),
  ];
}
