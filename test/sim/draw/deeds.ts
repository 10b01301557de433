/**
 * Every kind of deed that a plan can hold, and how one of it is drawn.
 * Guarantees: what a person breaks in a way that nobody else can mend (a frozen host, a stopped one, a changed document) is mended by {@link mended}
 * at the end. Pure.
 */
import type { Act, Deed, Fault } from "../run/plan.ts";
import type { Chance } from "./chance.ts";
import { STEPS } from "./faults.ts";
import { RUN_FLAGS, type Shape } from "./setting.ts";

type Draw = (chance: Chance, shape: Shape) => Deed;

/** A crash, a pause, a restart: what the product promises to survive without a trace. */
export const PROCESS_DEEDS: readonly Draw[] = [
  (chance) => ({ kind: "operator", action: "kill", index: chance.whole(0, 1), forMs: 0 }),
  (chance) => ({ kind: "operator", action: "stop", index: chance.whole(0, 1), forMs: 0 }),
  (chance) => ({ kind: "operator", action: "pause", index: chance.whole(0, 1), forMs: chance.whole(1, 300) * 1_000 }),
  () => ({ kind: "compactWatchHistory" }),
  (chance) => ({ kind: "restartWith", flags: [...RUN_FLAGS, chance.pick(OTHER_FLAGS)] }),
];

const OTHER_FLAGS = [
  "--workers=1",
  "--inventory-interval=1m",
  "--command-poll-min=1s",
  "--resync-interval=1m",
] as const;

/** What hands at kubectl and at the console do, right or wrong, and what happens to hosts. */
export const HAND_DEEDS: readonly Draw[] = [
  () => ({ kind: "apply" }),
  (chance) => ({ kind: "edit", change: { spec: chance.pick(EDITS) } }),
  (chance) => ({ kind: "scale", replicas: chance.whole(0, 3) }),
  (chance) => ({ kind: "scale", replicas: chance.whole(1, 3) }),
  annotation,
  (chance) => ({ kind: "deleteAgent", index: chance.whole(0, 2) }),
  (chance) => ({ kind: "deletePool", propagation: chance.pick(["Background", "Foreground", "Orphan"]) }),
  () => ({ kind: "deleteDomain" }),
  (chance) => ({ kind: "removeFinalizers", on: chance.pick(["pool", "agent"]), index: chance.whole(0, 2) }),
  () => ({ kind: "restoreBackup" }),
  host,
  host,
  host,
  (chance) => ({ kind: "removeTags", index: chance.whole(0, 2) }),
  (chance) => ({ kind: "document", step: chance.pick(STEPS), action: chance.pick(["change", "delete"]) }),
  (chance) => ({ kind: "finishRegistration", index: chance.whole(0, 2) }),
  (chance) => ({ kind: "updateAgents", version: chance.pick(["1.1.3000.0", "1.1.3100.0"]) }),
  (chance) => ({
    kind: "jumpClock",
    index: chance.whole(0, 1),
    byMs: chance.pick([-1, 1]) * chance.whole(1, 7_200) * 1_000,
  }),
];

const EDITS: readonly Readonly<Record<string, unknown>>[] = [
  { aws: { tags: { team: "directory" } } },
  { aws: { instanceTypes: ["m5.large"] } },
  { rollout: { maxSurge: 2 } },
  { availability: { minHealthy: 0 } },
  { availability: { minHealthy: 3 } },
  { placement: { policy: "Preferred" } },
  { deletionPolicy: "Retain" },
  { remediation: { maxReplacementsPerDay: 0 } },
  { mode: "Observe" },
  { mode: "Enforce" },
  { health: { probeInterval: "30s", evidenceMaxAge: "2m" } },
];

function annotation(chance: Chance): Deed {
  const on = chance.pick(["pool", "agent", "agent", "domain", "tenant"] as const);
  const [annotation, value] = chance.pick([
    ["cloudsync.dev/paused", "true"],
    ["cloudsync.dev/paused", null],
    ["cloudsync.dev/release", "true"],
    ["cloudsync.dev/requested-at", "2026-11-01T00:10:00Z"],
  ] as const);
  return { kind: "annotate", on, annotation, value, index: chance.whole(0, 2) };
}

function host(chance: Chance): Deed {
  const action = chance.pick(["kill", "terminate", "stop", "start", "freeze", "thaw", "reboot"] as const);
  return { kind: "host", action, index: chance.whole(0, 3) };
}

const HOSTS_MAX = 5;
/** After every fault that is drawn: a host can hang as long as one lasts. */
const AFTER_ALL_MS = 17 * 60_000;

/** What only a person can end, ended: documents are put right, frozen hosts thaw, stopped ones start. Nothing where nothing of that kind is drawn. */
export function mended(acts: readonly Act[], faults: readonly Fault[]): readonly Act[] {
  const restored = acts.flatMap(({ deed }): readonly Act[] => {
    if (deed.kind !== "document") return [];
    return [{ afterMs: 60_000, isSettledFirst: false, deed: { ...deed, action: "restore" } }];
  });
  return [...restored, ...mendedHosts(acts, faults)];
}

function mendedHosts(acts: readonly Act[], faults: readonly Fault[]): readonly Act[] {
  const isHung = faults.some((fault) => fault.on === "cloud" && fault.rule.effect.kind === "hostHang");
  const isHeld = acts.some(({ deed }) => deed.kind === "host" && (deed.action === "freeze" || deed.action === "stop"));
  if (!isHung && !isHeld) return [];
  return (["thaw", "start"] as const).flatMap((action, first) =>
    Array.from({ length: HOSTS_MAX }, (_, index) => ({
      afterMs: first + index > 0 ? 1 : isHung ? AFTER_ALL_MS : 1_000,
      isSettledFirst: false,
      deed: { kind: "host", action, index } as const,
    })),
  );
}
