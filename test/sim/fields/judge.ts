/**
 * The oracle of a walk: at every look, whether fleet and declaration agree, and whether the way mattered.
 * Guarantees: Ready says that the world is as declared; what is not Ready says why; the good state is reached again from every other, and is then
 * the same; a state that is reached on two ways is the same.
 */
import { endStateOf } from "../run/end-state.ts";
import type { ClusterObject } from "../run/person.ts";
import { conditionOf } from "../run/rest.ts";
import type { Oracle, Scene } from "../run/scene.ts";
import { differences, isRefusalAsked } from "./meanings.ts";
import { at, canonical, seenFleet, type SeenFleet } from "./seen.ts";
import type { Stop } from "./walk.ts";

/** @param alarm told every disagreement; the walk goes on, so that one does not hide the next */
export function fieldOracle(stops: readonly Stop[], alarm: (sentence: string) => void): Oracle {
  const states = new Map<string, string>();
  let lastStop = stops[0];
  return {
    name: "fields",
    after(happening, scene) {
      if (happening.kind !== "deed") return undefined;
      if (happening.deed.kind === "replaceOutdated") {
        const silent = whyAtALoss(seenFleet(scene));
        if (silent !== undefined) alarm(`before a look at ${nameOf(lastStop)} or what followed: ${silent}`);
      }
      if (happening.deed.kind !== "look") return undefined;
      const stop = stops[Number(happening.deed.at)];
      if (stop === undefined) throw new Error(`nothing is to be seen at ${happening.deed.at}`);
      const from = lastStop;
      lastStop = stop;
      const fleet = seenFleet(scene);
      const wrong = wrongAt(stop, fleet) ?? wrongWay(stop, scene, fleet);
      if (wrong !== undefined) alarm(`${nameOf(stop)} after ${nameOf(from)}: ${wrong}`);
      return undefined;
    },
  };

  /** Compared with the same state on an earlier way. */
  function wrongWay(stop: Stop, scene: Scene, { pool }: SeenFleet): string | undefined {
    const refusal = refusalOf(pool);
    // On the way to Ready, what was half done before is there too; what is refused is refused for the same reason.
    if (conditionOf(pool, "Ready")?.status !== "True" && refusal === undefined) return undefined;
    const state = refusal ?? canonical(comparable(scene));
    const before = states.get(nameOf(stop));
    states.set(nameOf(stop), before ?? state);
    if (before === undefined || before === state) return undefined;
    return `it differs from the first time: ${firstDifference(before, state)}`;
  }
}

export function nameOf(stop: Stop | undefined): string {
  return stop === undefined || stop.moves.length === 0
    ? "the good fleet"
    : stop.moves.map(({ name }) => name).join(" and ");
}

function wrongAt({ moves }: Stop, fleet: SeenFleet): string | undefined {
  const { pool } = fleet;
  const ready = conditionOf(pool, "Ready");
  if (ready === undefined || ready.observedGeneration !== pool.metadata.generation)
    return "the pool's Ready is of another generation";
  if (ready.status === "True") return differences(fleet)[0];
  const said = `Ready=${ready.status}/${ready.reason}`;
  if (moves.every(({ isServed }) => isServed)) return `${said}: ${messageOf(pool)}`;
  if (messageOf(pool) === "") return `${said} without a message`;
  if (isRefusalAsked(fleet) && isRefusalFirst(fleet)) {
    const stalled = conditionOf(pool, "Stalled");
    if (stalled?.status !== "True" || stalled.reason !== "NotInThisVersion")
      return `${said}, where NotInThisVersion was to be said`;
  }
  return undefined;
}

/** Why the pool launches nothing; a host whose own preflight failed is no refusal, and the pool's condition tells both. */
function refusalOf(pool: ClusterObject): string | undefined {
  if (conditionOf(pool, "AtDesiredVersion")?.reason !== "PreflightOpen") return undefined;
  return conditionOf(pool, "PreflightPassed")?.reason;
}

/** Another refusal may stand before it in the chain. */
function isRefusalFirst({ pool }: SeenFleet): boolean {
  return refusalOf(pool) === undefined;
}

/** A person who has corrected a mistake is told that hosts made before keep it. */
function whyAtALoss({ pool }: SeenFleet): string | undefined {
  const isStalled = conditionOf(pool, "Stalled")?.status === "True" && refusalOf(pool) === undefined;
  const isOutdated = conditionOf(pool, "AtDesiredVersion")?.reason === "OutdatedAgents";
  const message = messageOf(pool);
  if (!isStalled || !isOutdated || message.includes("delete")) return undefined;
  return `the pool is Stalled over agents of an earlier template, and does not say that they have to be deleted: ${message}`;
}

function messageOf(pool: ClusterObject): string {
  const conditions = (at(pool.status, "conditions") ?? []) as readonly { type: string; message: string }[];
  return conditions.find(({ type }) => type === "Ready")?.message ?? "";
}

const INCARNATION = /-\d+-\d+$/;

/**
 * The end state without what the way may leave behind: numbers of incarnations and slots, zones and subnets (hosts do not move when subnets
 * are added), how many hosts there have been.
 */
function comparable(scene: Scene): unknown {
  const { cluster, hosts } = endStateOf(scene);
  const objects = Object.entries(cluster).map(([name, facts]) => [name.replace(INCARNATION, ""), facts] as const);
  return {
    objects: objects
      .map(([name, facts]) => [name, withoutWay(facts)])
      .sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1)),
    hosts: hosts.map((host) => host.replace(/-\d+-\d+ in \S+:/, ":")).sort(),
  };
}

function withoutWay(facts: unknown): unknown {
  return JSON.parse(
    JSON.stringify(facts, (key, value: unknown) => (WAY_MEMBERS.has(key) ? undefined : value)),
  ) as unknown;
}

/** The rest is frozen in an agent when it is made and read from the pool while there is one, or not read by this version. */
const WAY_MEMBERS: ReadonlySet<string> = new Set([
  "incarnation",
  "slot",
  "placement",
  "health",
  "timeouts",
  "minimumVersion",
  "leaveSecretARN",
  "domainControllers",
  "deletionPolicy",
  "serviceAccountRef",
]);

function firstDifference(before: string, after: string): string {
  let n = 0;
  while (before[n] === after[n]) n += 1;
  const around = (text: string): string => text.slice(Math.max(0, n - 120), n + 120);
  return `...${around(before)}... was, ...${around(after)}... is`;
}
