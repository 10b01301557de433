/**
 * Which call meets which trouble: rules as data, switchable while the world runs.
 * Guarantees: a rule strikes at most `times` calls (and for at least `minimumMs` after its first strike); chance comes from the world's dice.
 * Never: decides what a fault does; the gateway and the services do, each for the effects it knows.
 */
import type { WorldClock, WorldDice } from "./clock.ts";

/** One trouble. Effects that shape a launch (`notFoundWindow`, `tagLag`) are rolled when the instance or the tag is written. */
export type FaultEffect =
  | { readonly kind: "error"; readonly code: string; readonly message?: string; readonly httpStatus?: number }
  /** Graph says how long to wait: `retryAfterSeconds` (10 when absent). */
  | { readonly kind: "throttle"; readonly retryAfterSeconds?: number }
  | { readonly kind: "accessDenied" }
  | { readonly kind: "latency"; readonly delayMs: number }
  /** The call takes effect; its answer does not arrive. */
  | { readonly kind: "lostResponse"; readonly symptom?: "reset" | "timeout" }
  /** The call never arrives: to the client the same as a lost response. */
  | { readonly kind: "lostRequest"; readonly symptom?: "reset" | "timeout" }
  /** SSM delivers the command to the host `copies` times (default 2). */
  | { readonly kind: "duplicateDelivery"; readonly copies?: number }
  /** A page holds fewer items than asked for, and a token for the rest. */
  | { readonly kind: "partialPage"; readonly itemsMax?: number }
  /** A list answers with nothing and no token. */
  | { readonly kind: "emptyList" }
  /** Graph: a page after the first is empty, with success and without a link, */
  | { readonly kind: "emptyPage" }
  /** ... or fails. */
  | { readonly kind: "failingPage"; readonly code?: string; readonly httpStatus?: number }
  | { readonly kind: "notFoundWindow"; readonly windowMs: number }
  | { readonly kind: "tagLag"; readonly lagMs: number }
  /** At most `available` live instances of the matched zone and type (default 0: none is left). */
  | { readonly kind: "capacity"; readonly available?: number }
  /** The account's vCPU quota for running instances while the rule holds. */
  | { readonly kind: "quota"; readonly vCPUs: number }
  /** A host's own troubles (service `host`, action = step name): it shuts down before or after the step's effect (default before), */
  | { readonly kind: "hostDeath"; readonly when?: "before" | "after" }
  /** ... hangs there, */
  | { readonly kind: "hostHang"; readonly when?: "before" | "after" }
  /** ... takes longer, */
  | { readonly kind: "hostSlow"; readonly delayMs: number }
  /** ... or its script ends so: 3010 asks for a restart and another run, 1618 means that another installation runs. */
  | { readonly kind: "hostExit"; readonly exitCode: number };

export type FaultKind = FaultEffect["kind"];
export const FAULT_KINDS: readonly FaultKind[] = [
  "error",
  "throttle",
  "accessDenied",
  "latency",
  "lostResponse",
  "lostRequest",
  "duplicateDelivery",
  "partialPage",
  "emptyList",
  "emptyPage",
  "failingPage",
  "notFoundWindow",
  "tagLag",
  "capacity",
  "quota",
  "hostDeath",
  "hostHang",
  "hostSlow",
  "hostExit",
];

/** What a rule may match on; a call may concern several instances or zones: one hit is enough. */
export type FactName =
  | "instanceID"
  | "availabilityZone"
  | "instanceType"
  | "subnetID"
  | "clientToken"
  | "document"
  | "directoryID"
  | "comment"
  | "accountID"
  | "principalARN"
  | "accessKeyID"
  | "tenantID"
  | "clientID"
  | "objectID";
export const FACT_NAMES: readonly FactName[] = [
  "instanceID",
  "availabilityZone",
  "instanceType",
  "subnetID",
  "clientToken",
  "document",
  "directoryID",
  "comment",
  "accountID",
  "principalARN",
  "accessKeyID",
  "tenantID",
  "clientID",
  "objectID",
];
export type Facts = Partial<Readonly<Record<FactName, readonly string[]>>>;

export interface FaultRule {
  /** Any service when absent. */
  readonly service?: "ec2" | "ssm" | "sts" | "ds" | "host" | "graph" | "login";
  /** Exact, or with one trailing `*` ("Describe*"); any action when absent. */
  readonly action?: string;
  /** Each value exact, or with one trailing `*`. */
  readonly match?: Partial<Readonly<Record<FactName, string>>>;
  /** 0 to 1; 1 when absent. */
  readonly probability?: number;
  /** Strikes at most so many calls; no end when absent. */
  readonly times?: number;
  /** World time (ms since the epoch) from which and until which the rule holds. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** A used-up rule goes on for at least this long after its first strike. */
  readonly minimumMs?: number;
  readonly effect: FaultEffect;
}

export interface StoredRule {
  readonly id: string;
  readonly rule: FaultRule;
  readonly strikes: number;
}

/** The call (or the launch, or the delivery) that a rule may strike. */
export interface FaultSubject {
  readonly service: string;
  readonly action: string;
  /** Another name of the action: an operation of Graph goes by `GET /groups` and by its operation id. */
  readonly alias?: string;
  readonly facts: Facts;
}

export interface Strike<Kind extends FaultKind> {
  readonly ruleID: string;
  readonly effect: Extract<FaultEffect, { kind: Kind }>;
}

/** What services see of the table: roll for one kind of trouble; counts as a strike when it answers. */
export interface Faults {
  /** @param applies asked last: a rule whose effect would change nothing (capacity is left) does not count as a strike */
  strike<Kind extends FaultKind>(
    kind: Kind,
    subject: FaultSubject,
    applies?: (effect: Strike<Kind>["effect"]) => boolean,
  ): Strike<Kind> | undefined;
}

/** More rules than a person switches; a leak of rules by a test shows as an error, not as memory. */
const RULES_MAX = 1_000;

interface Held {
  readonly rule: FaultRule;
  strikes: number;
  firstStrikeMs: number | undefined;
}

export class FaultTable implements Faults {
  readonly #clock: WorldClock;
  readonly #dice: WorldDice;
  readonly #rules = new Map<string, Held>();
  #sequence = 0;

  constructor(clock: WorldClock, dice: WorldDice) {
    this.#clock = clock;
    this.#dice = dice;
  }

  /** @returns the rule's id, by which it is removed and found in the call log */
  add(rule: FaultRule): string {
    if (this.#rules.size >= RULES_MAX) throw new RangeError(`more than ${RULES_MAX} fault rules`);
    this.#sequence += 1;
    const id = `fault-${this.#sequence}`;
    this.#rules.set(id, { rule, strikes: 0, firstStrikeMs: undefined });
    return id;
  }

  remove(id: string): boolean {
    return this.#rules.delete(id);
  }

  clear(): void {
    this.#rules.clear();
  }

  list(): readonly StoredRule[] {
    return [...this.#rules].map(([id, { rule, strikes }]) => ({ id, rule, strikes }));
  }

  strike<Kind extends FaultKind>(
    kind: Kind,
    subject: FaultSubject,
    applies: (effect: Strike<Kind>["effect"]) => boolean = () => true,
  ): Strike<Kind> | undefined {
    for (const [ruleID, held] of this.#rules) {
      const { effect } = held.rule;
      if (!isKind(effect, kind) || !concerns(held.rule, subject) || !this.#holds(held) || !applies(effect)) continue;
      const probability = held.rule.probability ?? 1;
      if (probability < 1 && this.#dice() >= probability) continue;
      held.strikes += 1;
      held.firstStrikeMs ??= this.#clock.nowMs();
      return { ruleID, effect };
    }
    return undefined;
  }

  #holds({ rule, strikes, firstStrikeMs }: Held): boolean {
    const nowMs = this.#clock.nowMs();
    if (rule.fromMs !== undefined && nowMs < rule.fromMs) return false;
    if (rule.untilMs !== undefined && nowMs >= rule.untilMs) return false;
    if (rule.times === undefined || strikes < rule.times) return true;
    return rule.minimumMs !== undefined && firstStrikeMs !== undefined && nowMs < firstStrikeMs + rule.minimumMs;
  }
}

function isKind<Kind extends FaultKind>(
  effect: FaultEffect,
  kind: Kind,
): effect is Extract<FaultEffect, { kind: Kind }> {
  return effect.kind === kind;
}

function concerns(rule: FaultRule, subject: FaultSubject): boolean {
  if (rule.service !== undefined && rule.service !== subject.service) return false;
  const { action } = rule;
  if (action !== undefined && ![subject.action, subject.alias ?? ""].some((name) => matches(action, name)))
    return false;
  return FACT_NAMES.every((name) => {
    const pattern = rule.match?.[name];
    return pattern === undefined || (subject.facts[name] ?? []).some((value) => matches(pattern, value));
  });
}

function matches(pattern: string, value: string): boolean {
  return pattern.endsWith("*") ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}
