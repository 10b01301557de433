/**
 * A pool's decisions over whole lives: a small model of agents and hosts, moved by random events and by what is decided.
 * Under events: the floor, the room and the one disruption hold after every step. When events stop: the pool is complete, and rests (L1).
 */
import fc from "fast-check";
import { aPool, aPoolAgent, aPoolSnapshot } from "../testing/builders.ts";
import { decidePool, type PoolAction, type SlotRecord } from "./decide.ts";
import { effectiveMinHealthy, isStaying, type PoolAgent, type PoolSnapshot } from "./snapshot.ts";

interface Model {
  replicas: number;
  slots: readonly SlotRecord[];
  disruption: object | undefined;
  agents: PoolAgent[];
}

type Event =
  | { readonly kind: "ready" | "die" | "stop" | "delete" | "unready"; readonly pick: number }
  | { readonly kind: "scale"; readonly replicas: number };

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("ready" as const), pick: fc.nat(20) }) },
  fc.record({
    kind: fc.constantFrom("die" as const, "stop" as const, "delete" as const, "unready" as const),
    pick: fc.nat(20),
  }),
  fc.record({ kind: fc.constant("scale" as const), replicas: fc.integer({ min: 0, max: 5 }) }),
);

function snapshotOf({ replicas, slots, disruption, agents }: Model): PoolSnapshot {
  const pool = aPool({ spec: { replicas }, status: { slots, ...(disruption === undefined ? {} : { disruption }) } });
  const liveCount = agents.filter(({ host }) => host === "alive" || host === "stopped").length;
  return aPoolSnapshot({ pool, agents, instances: { kind: "read", orphans: [], unclaimed: [], liveCount } });
}

/** What the adapters and the agents' loop make of a decision. */
function carryOut(model: Model, action: PoolAction): void {
  switch (action.kind) {
    case "createAgents":
      for (const { slot, incarnation, place } of action.agents) {
        model.slots = [...model.slots.filter((record) => record.slot !== slot), { slot, incarnation }];
        model.agents.push(aPoolAgent(slot, incarnation, { place, host: "alive", isReady: false }));
      }
      return;
    case "dropSlot":
      model.slots = model.slots.filter(({ slot }) => slot !== action.slot);
      return;
    case "takeDisruption":
      model.disruption = {
        agentUID: action.agent.uid,
        agentName: action.agent.name,
        kind: action.disruption,
        since: "2026-11-22T07:00:00Z",
      };
      return;
    case "freeDisruption":
      model.disruption = undefined;
      return;
    case "retire": // the agent's loop ends the host and forgets the record
      model.agents = model.agents.filter(({ uid }) => !action.agents.some((agent) => agent.uid === uid));
      return;
    case "rest":
    case "hold":
    case "addFinalizer":
    case "removeFinalizer":
    case "recordReleased":
      return;
  }
}

function happen(model: Model, event: Event): void {
  if (event.kind === "scale") {
    model.replicas = event.replicas;
    return;
  }
  const index = event.pick % Math.max(1, model.agents.length);
  const agent = model.agents[index];
  if (agent === undefined) return;
  const changed: Record<string, Partial<PoolAgent>> = {
    ready: agent.host === "alive" ? { isReady: true } : {},
    unready: { isReady: false },
    die: { host: "gone", isReady: false },
    stop: agent.host === "gone" ? {} : { host: "stopped", isReady: false },
    delete: { isDeleting: true },
  };
  model.agents[index] = { ...agent, ...changed[event.kind] };
}

const readyCount = ({ agents }: Model): number => agents.filter(({ isReady }) => isReady).length;

/** One decision, carried out, with the promises of every single step. */
function step(model: Model): PoolAction {
  const snapshot = snapshotOf(model);
  const action = decidePool(snapshot);
  const before = readyCount(model);
  const isExplicit =
    model.agents.some((agent) => !model.slots.some(({ slot }) => slot === agent.slot)) ||
    model.slots.length > model.replicas;
  carryOut(model, action);
  const floor = Math.min(before, effectiveMinHealthy(snapshot.pool.spec));
  // S3: no action of ours takes Ready agents below the floor, an explicit scale apart.
  if (!isExplicit && readyCount(model) < floor)
    throw new Error(`${action.kind} took Ready agents from ${before} to ${readyCount(model)}, floor ${floor}`);
  const live = model.agents.filter(({ host }) => host === "alive" || host === "stopped").length;
  if (action.kind === "createAgents" && live > model.replicas + 1)
    throw new Error(`${live} live instances for ${model.replicas} replicas`);
  const names = model.agents.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw new Error(`two agents of one name: ${names.join(", ")}`);
  return action;
}

test("under any events the floor, the room and the names hold; when they stop, the pool is complete and rests (S3, L1)", () => {
  const life = fc.property(
    fc.integer({ min: 0, max: 5 }),
    fc.array(anyEvent, { maxLength: 60 }),
    (replicas, events) => {
      const model: Model = { replicas, slots: [], disruption: undefined, agents: [] };
      for (const event of events) {
        happen(model, event);
        step(model);
      }
      let steps = 0;
      // Faults have stopped: what lives becomes Ready.
      while (steps < 200) {
        model.agents = model.agents.map((agent) => (agent.host === "alive" ? { ...agent, isReady: true } : agent));
        if (step(model).kind === "rest") break;
        steps += 1;
      }
      const staying = model.agents.filter(isStaying);
      expect({
        steps: steps < 200,
        agents: model.agents.length,
        staying: staying.length,
        ready: readyCount(model),
      }).toEqual({
        steps: true,
        agents: model.replicas,
        staying: model.replicas,
        ready: model.replicas,
      });
      const zones = Map.groupBy(staying, ({ place }) => place.availabilityZone);
      const counts = ["a", "c", "d"].map((letter) => zones.get(`ap-northeast-1${letter}`)?.length ?? 0);
      // Strict: counts over the pool's zones differ by at most 1 (aws reference, 1.5).
      expect({ counts, isEven: Math.max(...counts) - Math.min(...counts) <= 1 }).toMatchObject({ isEven: true });
    },
  );
  fc.assert(life, { numRuns: 500 });
});
