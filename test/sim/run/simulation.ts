/**
 * One run: a cluster, a cloud, operators and a person on one virtual clock, from an empty cluster to rest.
 * Guarantees: the same plan gives the same trace; oracles see every event; the run ends within its bounds of time, with a verdict.
 * Never: real time, sockets, files; anything shared with another run of the process but code.
 */
import { clearCredentialCache } from "@smithy/signature-v4";
import { seededDice } from "../../../sim/src/core/clock.ts";
import { createApiServer, type ApiServer } from "../../../sim/src/kube/server.ts";
import { DEFAULT_LAYOUT } from "../../../sim/src/layout/default.ts";
import { identitiesFor } from "../../../sim/src/layout/identities.ts";
import type { WorldLayout } from "../../../sim/src/layout/layout.ts";
import { activate } from "../../../sim/src/virtual/globals.ts";
import { takeEscapes } from "../../../sim/src/virtual/guards.ts";
import { newActor, Scheduler, type SchedulerEvent } from "../../../sim/src/virtual/scheduler.ts";
import { createWorldOf, type World } from "../../../sim/src/world.ts";
import type { OperatorConfig } from "../../../src/runtime/config.ts";
import { Acts } from "./acts.ts";
import { awsLink } from "./aws-link.ts";
import { registerDocuments } from "./documents.ts";
import { NAMESPACE, operatorConfig, type Fixtures } from "./fixtures.ts";
import { endStateOf, type EndState } from "./end-state.ts";
import { OWNER_ID } from "./installation.ts";
import { graphLink } from "./graph-link.ts";
import { kubeLink } from "./kube-link.ts";
import { Leadership } from "./leadership.ts";
import { Lives } from "./lives.ts";
import { lineLog } from "./line-log.ts";
import { Network, type DelayRange } from "./network.ts";
import type { Fate, OutsideCall } from "./outside.ts";
import { entraRestOf } from "./entra-rest.ts";
import { objects, prepareCluster, type ClusterObject, type Hands } from "./person.ts";
import { patienceOf, type Patience } from "./patience.ts";
import type { Plan } from "./plan.ts";
import { lastFaultEndMs } from "./plan.ts";
import { restOf, type Rest } from "./rest.ts";
import type { Happening, Oracle, Scene, Violation } from "./scene.ts";
import { isAtRestToo } from "./sites.ts";
import { planStrikes } from "./strikes.ts";
import { Trace } from "./trace.ts";

export interface RunOptions {
  readonly plan: Plan;
  readonly fixtures: Fixtures;
  readonly oracles: readonly Oracle[];
  /** The world that it starts in; the default one under the shipped policy when absent. */
  readonly layout?: WorldLayout;
}

export interface Verdict {
  /** Absent when every promise was kept. */
  readonly violation?: Violation;
  /** Ended by {@link Plan.outsideCallsMax} before rest. */
  readonly isCut: boolean;
  readonly rest: Rest;
  readonly end: EndState;
  readonly trace: Trace;
  readonly digest: string;
  readonly virtualMs: number;
  readonly events: number;
  /** AWS calls and Kubernetes writes. */
  readonly outsideCalls: number;
  /** Sites of the writes that were sent, in order, refused ones among them: what a campaign strikes. */
  readonly writes: readonly string[];
  readonly log: readonly string[];
}

/** The operator of every run acts under the policy that is shipped, filled in for its owner id. */
const LAYOUT: WorldLayout = { ...DEFAULT_LAYOUT, iam: identitiesFor(OWNER_ID) };
const START_MS = Date.UTC(2026, 10, 1);
const BOOKMARK_EVERY_MS = 60_000;
const CONTROLLER_DELAY: DelayRange = { usualMs: 200, worstMs: 5_000 };
/** After the last act and the last fault, by when a fleet must be at rest: the longest wait of a step is the registration's of the plan. */
const REST_WITHIN_MS = 6 * 3_600_000;
/** Nothing is written for so long at the end of a run (L1). */
const REST_WATCHED_MS = 10 * 60_000;

export async function simulate(options: RunOptions): Promise<Verdict> {
  const run = new Run(options);
  try {
    return await run.toTheEnd();
  } finally {
    activate(undefined);
    clearCredentialCache();
  }
}

class Run {
  readonly #options: RunOptions;
  readonly #plan: Plan;
  readonly #patience: Patience;
  readonly #scheduler: Scheduler;
  readonly #network: Network;
  readonly #trace = new Trace();
  readonly #actors = {
    cloud: newActor("cloud"),
    server: newActor("api-server"),
    controllers: newActor("controller-manager"),
    person: newActor("person"),
    kubelet: newActor("kubelet"),
  };
  readonly #server: ApiServer;
  readonly #world: World;
  readonly #lives: Lives;
  readonly #acts: Acts;
  readonly #leadership: Leadership;
  readonly #scene: Scene;
  readonly #happenings: Happening[] = [];
  readonly #writes: string[] = [];
  readonly #log = lineLog();
  #outsideCalls = 0;
  #lastWriteMs = 0;
  #lastTroubleMs = 0;
  #lastEntry = 0;
  readonly #controllerDice: () => number;
  #areControllersPlanned = false;
  #controllersSawVersion = -1;
  #areTroublesOver = false;
  #violation: Violation | undefined;

  constructor(options: RunOptions) {
    const { plan, fixtures } = options;
    const { seed } = plan;
    this.#options = options;
    this.#plan = plan;
    this.#scheduler = new Scheduler({ startMs: START_MS, onSettled: (event) => this.#settled(event) });
    const scheduler = this.#scheduler;
    this.#network = new Network(scheduler, seededDice(seed * 16 + 1));
    const uidDice = seededDice(seed * 16 + 2);
    this.#controllerDice = seededDice(seed * 16 + 6);
    this.#server = createApiServer({ nowMs: () => scheduler.nowMs(), newUID: () => uid(uidDice), crds: fixtures.crds });
    this.#world = createWorldOf(fixtures.guests, {
      layout: options.layout ?? LAYOUT,
      clock: {
        nowMs: () => scheduler.nowMs(),
        schedule: (delayMs, callback) => scheduler.schedule(this.#actors.cloud, delayMs, "the world goes on", callback),
      },
      seed: seed * 16 + 3,
      delays: { preset: plan.delays },
      graphContract: fixtures.graphContract,
    });
    const strikes = planStrikes({
      plan,
      elapsedMs: () => scheduler.elapsedMs(),
      dice: seededDice(seed * 16 + 4),
      isStriking: () => !this.#areTroublesOver,
      numberOf: (call) => (isNumbered(call) ? this.#writes.length + 1 : undefined),
    });
    const configs = new Map<string, OperatorConfig>();
    const configOf = (flags: readonly string[]): OperatorConfig => {
      const config = configs.get(flags.join()) ?? operatorConfig(flags, [NAMESPACE]);
      configs.set(flags.join(), config);
      return config;
    };
    this.#patience = patienceOf(plan, configOf(plan.flags));
    this.#lives = new Lives(
      {
        scheduler,
        kubelet: this.#actors.kubelet,
        seed,
        replicas: plan.operators,
        log: (operator) => this.#log.of(operator),
        configOf,
        connect: ({ actor, clock, kill }) => {
          const shared = { operator: actor, network: this.#network, strikes, kill, arrived: this.#arrived };
          const link = kubeLink({
            ...shared,
            server: this.#server,
            serverActor: this.#actors.server,
            clock,
            later: (delayMs, what, callback) => scheduler.schedule(this.#actors.server, delayMs, what, callback),
          });
          return {
            kubernetes: { calls: link, lease: link },
            requestHandler: awsLink({ ...shared, world: this.#world, cloud: this.#actors.cloud }),
            entra: {
              transport: graphLink({ ...shared, world: this.#world, cloud: this.#actors.cloud }),
              loadSDKs: () => Promise.resolve(fixtures.entraSDKs),
            },
          };
        },
        tell: (operator, what, why) => this.#happened({ kind: "life", operator, what }, operator, what, why),
      },
      plan.flags,
    );
    this.#leadership = new Leadership(this.#server);
    const { examples, entraExamples, documents } = fixtures;
    const hands: Hands = {
      server: this.#server,
      world: this.#world,
      examples,
      entraExamples,
      documents,
      pool: plan.pool,
    };
    this.#acts = new Acts({
      scheduler,
      person: this.#actors.person,
      acts: plan.acts,
      hands,
      lives: this.#lives,
      isSettled: () => this.#isSettled(),
      tell: (deed) => this.#happened({ kind: "deed", deed }, "person", deed.kind, JSON.stringify(deed)),
    });
    this.#scene = {
      plan,
      world: this.#world,
      nowMs: () => scheduler.elapsedMs(),
      wallMs: () => scheduler.nowMs(),
      objects: (plural) => objects(this.#server, plural),
      ledSinceMs: () => this.#leadership.sinceMs(),
      logText: () => this.#log.lines().join("\n"),
    };
    prepareCluster(hands);
  }

  async toTheEnd(): Promise<Verdict> {
    const { fixtures, plan } = this.#options;
    await registerDocuments(this.#world, fixtures.documents);
    for (const fault of plan.faults) {
      if (fault.on !== "cloud") continue;
      const fromMs = START_MS + fault.fromMs;
      this.#world.faults.add({ ...fault.rule, fromMs, untilMs: fromMs + fault.forMs });
    }
    takeEscapes();
    activate({ scheduler: this.#scheduler, dice: seededDice(plan.seed * 16 + 5), bystander: this.#actors.kubelet });
    this.#lives.startAll();
    this.#acts.start();
    this.#planBookmarks();
    await this.#untilTroublesAreOver();
    this.#areTroublesOver = true;
    this.#lastTroubleMs = Math.max(this.#lastTroubleMs, lastFaultEndMs(this.#plan));
    this.#world.faults.clear();
    await this.#untilRest();
    if (!this.#hasEnded()) this.#judgeRest();
    return this.#verdict();
  }

  async #untilTroublesAreOver(): Promise<void> {
    const endMs = lastFaultEndMs(this.#plan);
    const waitsMs = this.#plan.acts.reduce((sumMs, { afterMs }) => sumMs + afterMs, 0);
    const isOver = (): boolean => this.#acts.areDone() && this.#scheduler.elapsedMs() >= endMs;
    const why = await this.#scheduler.run(
      START_MS + endMs + waitsMs + REST_WITHIN_MS,
      () => this.#hasEnded() || isOver(),
    );
    if (why === "time" && !isOver()) this.#breaks("L2", `the plan's acts were not done: ${this.#acts.waitsFor()}`);
  }

  async #untilRest(): Promise<void> {
    if (this.#hasEnded()) return;
    const fromMs = this.#scheduler.elapsedMs();
    const isAtRest = (): boolean => {
      const nowMs = this.#scheduler.elapsedMs();
      const isNoticed = nowMs - this.#lastTroubleMs >= this.#patience.noticedMs;
      return isNoticed && nowMs - this.#lastWriteMs >= REST_WATCHED_MS && this.#isSettled();
    };
    await this.#scheduler.run(START_MS + fromMs + REST_WITHIN_MS, () => this.#hasEnded() || isAtRest());
    if (this.#hasEnded() || isAtRest()) return;
    const rest = this.#rest();
    const why = rest.kind === "moving" ? rest.why : `goes on writing: ${this.#writes.at(-1) ?? ""}`;
    this.#breaks("L1", `not at rest ${REST_WITHIN_MS / 60_000} min after the last trouble: ${why}`);
  }

  #judgeRest(): void {
    for (const oracle of this.#options.oracles) {
      const sentence = oracle.atRest?.(this.#scene);
      if (sentence !== undefined) {
        this.#breaks(oracle.name, sentence);
        return;
      }
    }
  }

  #verdict(): Verdict {
    return {
      ...(this.#violation === undefined ? {} : { violation: this.#violation }),
      isCut: this.#isCut(),
      rest: this.#rest(),
      end: endStateOf(this.#scene),
      trace: this.#trace,
      digest: this.#trace.digest(),
      virtualMs: this.#scheduler.elapsedMs(),
      events: this.#scheduler.events(),
      outsideCalls: this.#outsideCalls,
      writes: this.#writes,
      log: this.#log.lines(),
    };
  }

  readonly #arrived = (call: OutsideCall, fate: Fate, status: number | undefined): void => {
    if (isNumbered(call)) {
      this.#writes.push(call.site);
      this.#lastWriteMs = this.#scheduler.elapsedMs();
    }
    if (call.side !== "kube" || call.isWrite) this.#outsideCalls += 1;
    const entries = call.side !== "kube" ? this.#world.log.read({ since: this.#lastEntry }) : [];
    this.#lastEntry = entries.at(-1)?.sequence ?? this.#lastEntry;
    const outcome = fate.kind === "served" ? String(status ?? "") : `${fate.kind} ${String(status ?? "")}`;
    this.#happened({ kind: "call", call, fate, status, entries }, call.operator, call.site, `${call.about} ${outcome}`);
  };

  readonly #isRunning = (operator: string): boolean => this.#lives.isRunning(operator);

  #happened(happening: Happening, actor: string, event: string, why: string): void {
    if (happening.kind === "deed" || happening.kind === "life") this.#lastTroubleMs = this.#scheduler.elapsedMs();
    this.#happenings.push(happening);
    this.#trace.add({ atMs: this.#scheduler.elapsedMs(), actor, event, why });
  }

  /** After each event and what followed from it at once: messages leave, controllers are woken, oracles look. */
  #settled({ actor, what }: SchedulerEvent): void {
    this.#network.flush();
    this.#planControllers();
    this.#leadership.look(this.#scheduler.elapsedMs(), this.#isRunning);
    const [breach] = this.#world.graph.gate.breaches;
    if (breach !== undefined) this.#breaks("contract", `${breach.call}: ${breach.problem}`);
    const [escape] = takeEscapes();
    if (escape !== undefined) throw new Error(`a run left virtual time: ${escape}`);
    const happenings = this.#happenings.splice(0);
    if (happenings.length === 0 && actor === this.#actors.cloud.name) happenings.push({ kind: "time", actor, what });
    for (const happening of happenings) this.#judge(happening);
  }

  #judge(happening: Happening): void {
    if (this.#isBroken()) return;
    for (const oracle of this.#options.oracles) {
      const sentence = oracle.after(happening, this.#scene);
      if (sentence !== undefined) this.#breaks(oracle.name, sentence);
    }
  }

  #breaks(oracle: string, sentence: string): void {
    this.#violation ??= { oracle, sentence, atMs: this.#scheduler.elapsedMs() };
  }

  #isBroken(): boolean {
    return this.#violation !== undefined;
  }

  #isCut(): boolean {
    return this.#outsideCalls >= (this.#plan.outsideCallsMax ?? Infinity);
  }

  #hasEnded(): boolean {
    return this.#isBroken() || this.#isCut();
  }

  #rest(): Rest {
    const of = (plural: string): readonly ClusterObject[] => objects(this.#server, plural);
    const fleet = restOf(of("cloudsyncagentpools"), of("cloudsyncagents"));
    if (fleet.kind === "moving") return fleet;
    const entra = entraRestOf(
      { configurations: of("syncconfigurations"), scopes: of("groupscopes"), tests: of("provisioningtests") },
      fleet.kind !== "ready",
    );
    return entra === undefined || entra.kind === "ready" ? fleet : entra;
  }

  #isSettled(): boolean {
    const sinceMs = Math.max(this.#lastWriteMs, this.#lastTroubleMs);
    const hasBeenQuiet = this.#scheduler.elapsedMs() - sinceMs >= this.#patience.quietMs;
    return hasBeenQuiet && this.#lives.hasAny() && this.#rest().kind !== "moving";
  }

  /** kube-controller-manager sees a change after a moment, and does one thing at a time in any order. */
  #planControllers(): void {
    const version = this.#server.version();
    if (this.#areControllersPlanned || version === this.#controllersSawVersion) return;
    this.#controllersSawVersion = version;
    if (this.#server.controllers.pending().length === 0) return;
    this.#areControllersPlanned = true;
    const delayMs = this.#network.delay(CONTROLLER_DELAY);
    this.#scheduler.schedule(this.#actors.controllers, delayMs, "a controller's step", () => {
      this.#areControllersPlanned = false;
      const steps = this.#server.controllers.pending();
      const step = steps[Math.floor(this.#controllerDice() * steps.length)];
      if (step === undefined) return;
      step.run();
      const { name } = this.#actors.controllers;
      this.#happened({ kind: "time", actor: name, what: step.text }, name, step.controller, step.text);
      this.#controllersSawVersion = -1;
    });
  }

  #planBookmarks(): void {
    this.#scheduler.schedule(this.#actors.server, BOOKMARK_EVERY_MS, "bookmarks", () => {
      this.#server.bookmarks();
      this.#planBookmarks();
    });
  }
}

function isNumbered({ isWrite, site }: OutsideCall): boolean {
  return isWrite && !isAtRestToo(site);
}

function uid(dice: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(dice() * 16).toString(16)).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
