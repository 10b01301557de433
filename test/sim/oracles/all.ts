/** Every promise that a run is held to; the order is that of a person's alarm. */
import type { Oracle } from "../run/scene.ts";
import { approvedEdits } from "./approved-edits.ts";
import { boundedWrites } from "./bounded-writes.ts";
import { deadlines } from "./deadlines.ts";
import { deletionEnds } from "./deletion-ends.ts";
import { floor } from "./floor.ts";
import { gatedStart } from "./gated-start.ts";
import { heldQuarantine } from "./held-quarantine.ts";
import { honestMembers } from "./honest-members.ts";
import { honestPool } from "./honest-pool.ts";
import { honestReady } from "./honest-ready.ts";
import { leaderWrites } from "./leader-writes.ts";
import { noSecrets } from "./no-secrets.ts";
import { noSpinning } from "./no-spinning.ts";
import { noTwins } from "./no-twins.ts";
import { oneHostPerAgent } from "./one-host-per-agent.ts";
import { oneRegistersAtATime } from "./one-registers-at-a-time.ts";
import { oursOnly } from "./ours-only.ts";
import { owedRestarts } from "./owed-restarts.ts";
import { ownWrites } from "./own-writes.ts";
import { secretsReleased } from "./secrets-released.ts";
import { EntraSight } from "./sight/entra.ts";
import { Sight } from "./sight/sight.ts";
import { surpriseRemovals } from "./surprise-removals.ts";
import { unknownIsNotUnhealthy } from "./unknown-is-not-unhealthy.ts";
import { wholeDocuments } from "./whole-documents.ts";

/** New ones, for one run. */
export function allOracles(): readonly Oracle[] {
  const sight = new Sight();
  const entra = new EntraSight();
  return [
    oneHostPerAgent(sight),
    oursOnly(sight),
    floor(sight),
    unknownIsNotUnhealthy(sight),
    surpriseRemovals(entra),
    heldQuarantine(entra),
    approvedEdits(entra),
    wholeDocuments(entra),
    noTwins(entra),
    gatedStart(entra),
    owedRestarts(entra),
    honestMembers(entra),
    honestReady(sight),
    honestPool(sight),
    oneRegistersAtATime(),
    leaderWrites(),
    ownWrites(),
    noSecrets(),
    secretsReleased(sight),
    deletionEnds(),
    deadlines(sight),
    boundedWrites(),
    noSpinning(),
  ];
}
