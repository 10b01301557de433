/**
 * Every kind of fault that a plan can hold, and how one of it is drawn.
 * Guarantees: each fault has a window, a probability and a minimum duration, so that several of them compose; `harmless` ones may change when
 * things happen, never what the end is. Pure.
 */
import type { FaultRule } from "../../../sim/src/core/faults.ts";
import type { CloudFault, Fault, KubeFault, WatchFault } from "../run/plan.ts";
import type { Chance } from "./chance.ts";

export interface FaultSort {
  readonly name: string;
  /** A late, lost, repeated or stale message, which a correct operator survives without a trace: the end is that of the clean run. */
  readonly isHarmless: boolean;
  readonly draw: (chance: Chance) => Fault;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** With hosts that boot at once a fleet's life is a matter of minutes; later acts come up to here. */
const LATEST_MS = 12 * MINUTE_MS;

const WRITES = [
  "RunInstances",
  "TerminateInstances",
  "ModifyInstanceAttribute",
  "ReplaceIamInstanceProfileAssociation",
  "SendCommand",
] as const;
const LISTS = [
  "DescribeInstances",
  "DescribeIamInstanceProfileAssociations",
  "DescribeInstanceInformation",
  "ListCommands",
  "ListCommandInvocations",
] as const;
export const STEPS = [
  "Preflight",
  "Join",
  "Install",
  "Register",
  "Configure",
  "ProveSecretDenied",
  "Probe",
  "Drain",
] as const;

export const FAULT_SORTS: readonly FaultSort[] = [
  cloud("lostResponse", true, (chance) => ({
    ...anyCall(chance),
    effect: { kind: "lostResponse", symptom: symptom(chance) },
  })),
  cloud("lostRequest", true, (chance) => ({
    ...anyCall(chance),
    effect: { kind: "lostRequest", symptom: symptom(chance) },
  })),
  cloud("latency", true, (chance) => ({
    ...anyCall(chance),
    effect: { kind: "latency", delayMs: chance.whole(1, 40) * SECOND_MS },
  })),
  cloud("duplicateDelivery", true, (chance) => ({
    effect: { kind: "duplicateDelivery", copies: chance.whole(2, 3) },
  })),
  cloud("partialPage", true, (chance) => ({
    action: chance.pick(LISTS),
    effect: { kind: "partialPage", itemsMax: chance.whole(1, 2) },
  })),
  cloud("notFoundWindow", true, (chance) => ({
    action: "RunInstances",
    effect: { kind: "notFoundWindow", windowMs: chance.whole(1, 120) * SECOND_MS },
  })),
  cloud("tagLag", true, (chance) => ({
    action: chance.pick(["RunInstances", "CreateTags"]),
    effect: { kind: "tagLag", lagMs: chance.whole(1, 120) * SECOND_MS },
  })),
  cloud("emptyList", false, (chance) => ({ action: chance.pick(LISTS), effect: { kind: "emptyList" } })),
  cloud("throttle", false, (chance) => ({ ...anyCall(chance), effect: { kind: "throttle" } })),
  cloud("error", false, (chance) => ({
    ...anyCall(chance),
    effect: { kind: "error", ...chance.pick(SERVER_ERRORS) },
  })),
  cloud("accessDenied", false, (chance) => ({
    action: chance.pick([...WRITES, ...LISTS]),
    effect: { kind: "accessDenied" },
  })),
  cloud("capacity", false, (chance) => ({
    action: "RunInstances",
    effect: { kind: "capacity", available: chance.whole(0, 1) },
  })),
  cloud("quota", false, (chance) => ({ action: "RunInstances", effect: { kind: "quota", vCPUs: chance.whole(0, 4) } })),
  host("hostDeath", (chance) => ({ kind: "hostDeath", when: when(chance) })),
  host("hostHang", (chance) => ({ kind: "hostHang", when: when(chance) })),
  host("hostSlow", (chance) => ({ kind: "hostSlow", delayMs: chance.whole(1, 600) * SECOND_MS })),
  host("hostExit", (chance) => ({ kind: "hostExit", exitCode: chance.pick([1, 1618, 3010]) })),
  kube("kube lostRequest", true, (chance) => ({ kind: "lostRequest", symptom: symptom(chance) })),
  kube("kube lostAnswer", true, (chance) => ({ kind: "lostAnswer", symptom: symptom(chance) })),
  kube("kube late", true, (chance) => ({ kind: "late", delayMs: chance.whole(100, 20_000) })),
  kube("kube 409", false, () => ({ kind: "refused", status: 409 })),
  kube("kube 429", false, (chance) => ({ kind: "refused", status: 429, retryAfterSeconds: chance.whole(1, 10) })),
  kube("kube 500", false, () => ({ kind: "refused", status: 500 })),
  kube("kube 503", false, () => ({ kind: "refused", status: 503 })),
  watch("watch silent", () => ({ kind: "silent" })),
  watch("watch dropped", () => ({ kind: "dropped" })),
  watch("watch late", (chance) => ({ kind: "late", delayMs: chance.whole(1, 60) * SECOND_MS })),
];

const SERVER_ERRORS = [
  { code: "InternalError", httpStatus: 500 },
  { code: "Unavailable", httpStatus: 503 },
  { code: "InternalServerError", httpStatus: 500 },
] as const;

const HARMLESS = new Set(FAULT_SORTS.filter(({ isHarmless }) => isHarmless).map(({ name }) => name));

export function isHarmless(fault: Fault): boolean {
  // Graph says how long to wait, and a short wait is only late.
  if (fault.on === "cloud" && fault.rule.service === "graph" && fault.rule.effect.kind === "throttle")
    return (fault.rule.effect.retryAfterSeconds ?? 0) <= HARMLESS_WAIT_SECONDS;
  return HARMLESS.has(sortOf(fault));
}

const HARMLESS_WAIT_SECONDS = 5;

/** The row of reports that a fault belongs to. */
export function sortOf(fault: Fault): string {
  if (fault.on === "cloud") return fault.rule.effect.kind;
  const { kind } = fault.effect;
  return `${fault.on} ${kind === "refused" ? String(fault.effect.status) : kind}`;
}

function cloud(
  name: string,
  isHarmlessSort: boolean,
  rule: (chance: Chance) => Pick<FaultRule, "action" | "effect">,
): FaultSort {
  return {
    name,
    isHarmless: isHarmlessSort,
    draw: (chance): CloudFault => ({ on: "cloud", ...window(chance), rule: { ...often(chance), ...rule(chance) } }),
  };
}

function host(name: string, effect: (chance: Chance) => FaultRule["effect"]): FaultSort {
  return {
    name,
    isHarmless: false,
    // A step that fails each time waits for a person in the end: at most a few strikes.
    draw: (chance): CloudFault => ({
      on: "cloud",
      ...window(chance),
      rule: { service: "host", action: chance.pick(STEPS), times: chance.whole(1, 2), effect: effect(chance) },
    }),
  };
}

function kube(name: string, isHarmlessSort: boolean, effect: (chance: Chance) => KubeFault["effect"]): FaultSort {
  return {
    name,
    isHarmless: isHarmlessSort,
    draw: (chance): KubeFault => ({
      on: "kube",
      ...window(chance),
      probability: chance.pick([0.05, 0.2, 0.5, 1]),
      ...(chance.happens(0.5) ? { site: chance.pick(KUBE_SITES) } : {}),
      effect: effect(chance),
    }),
  };
}

const KUBE_SITES = [
  "leases",
  "cloudsyncagents",
  "cloudsyncagentpools",
  "create ",
  "status",
  "list ",
  "delete ",
] as const;

function watch(name: string, effect: (chance: Chance) => WatchFault["effect"]): FaultSort {
  return {
    name,
    isHarmless: true,
    draw: (chance): WatchFault => ({
      on: "watch",
      ...window(chance),
      probability: chance.pick([0.1, 0.5, 1]),
      ...(chance.happens(0.7) ? { kind: chance.pick(["cloudsyncagents", "cloudsyncagentpools", "addomains"]) } : {}),
      effect: effect(chance),
    }),
  };
}

/** The first launches come within seconds: one of three windows is open by then. */
export function window(chance: Chance): { readonly fromMs: number; readonly forMs: number } {
  const latestMs = chance.pick([0, MINUTE_MS, LATEST_MS]);
  return { fromMs: chance.whole(0, latestMs), forMs: chance.whole(1, 240) * SECOND_MS };
}

/** One call, some calls, or a storm that lasts at least so long after its first strike. */
export function often(chance: Chance): Pick<FaultRule, "probability" | "times" | "minimumMs"> {
  const [times, minimumMs] = [chance.whole(1, 3), chance.whole(1, 90) * SECOND_MS];
  switch (chance.whole(0, 2)) {
    case 0:
      return { times };
    case 1:
      return { times, minimumMs };
    default:
      return { probability: chance.pick([0.1, 0.3, 0.7]) };
  }
}

function anyCall(chance: Chance): Pick<FaultRule, "action"> {
  const action = chance.pick([...WRITES, ...LISTS]);
  return chance.happens(0.7) ? { action } : {};
}

function symptom(chance: Chance): "reset" | "timeout" {
  return chance.pick(["reset", "timeout"]);
}

function when(chance: Chance): "before" | "after" {
  return chance.pick(["before", "after"]);
}
