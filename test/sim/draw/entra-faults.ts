/**
 * Faults of Graph and of the way to the API server, as plans of the Entra side have them.
 * Guarantees: those that are harmless may change when things happen, never what the end is; lying pages come with the short pages that they need;
 * a storm may take all of Graph for hours. Pure.
 */
import type { FaultEffect } from "../../../sim/src/core/faults.ts";
import type { CloudFault, Fault } from "../run/plan.ts";
import type { Chance } from "./chance.ts";
import { FAULT_SORTS, often, window } from "./faults.ts";

const SECOND_MS = 1_000;
const SP = "/servicePrincipals/{servicePrincipal-id}";
const JOBS = `${SP}/synchronization/jobs`;
const JOB = `${JOBS}/{synchronizationJob-id}`;
const LISTS = [
  "GET /groups",
  "GET /groups/delta",
  "GET /servicePrincipals",
  `GET ${SP}/appRoleAssignedTo`,
  `GET ${JOBS}`,
];
const CALLS = [
  ...LISTS,
  "POST /applicationTemplates/{applicationTemplate-id}/instantiate",
  `POST ${JOBS}`,
  `PUT ${SP}/synchronization/secrets`,
  `PUT ${JOB}/schema`,
  `POST ${JOB}/start`,
  `POST ${JOB}/provisionOnDemand`,
  `POST ${SP}/appRoleAssignedTo`,
  `DELETE ${SP}/appRoleAssignedTo/{appRoleAssignment-id}`,
  "POST /$batch",
];

const HARMLESS: readonly ((chance: Chance) => FaultEffect)[] = [
  (chance) => ({ kind: "lostResponse", symptom: chance.pick(["reset", "timeout"]) }),
  (chance) => ({ kind: "lostRequest", symptom: chance.pick(["reset", "timeout"]) }),
  (chance) => ({ kind: "latency", delayMs: chance.whole(1, 20) * SECOND_MS }),
  () => ({ kind: "throttle", retryAfterSeconds: 5 }),
];
const STORMS: readonly ((chance: Chance) => FaultEffect)[] = [
  (chance) => ({ kind: "throttle", retryAfterSeconds: chance.pick([1, 30, 120, 300]) }),
  () => ({ kind: "accessDenied" }),
  () => ({ kind: "error", code: "ServiceUnavailable", httpStatus: 503 }),
];
const KUBE_SORTS = FAULT_SORTS.filter(({ name }) => name.startsWith("kube ") || name.startsWith("watch "));

export function entraFaults(chance: Chance, isHarmless: boolean): readonly Fault[] {
  if (chance.happens(0.3)) {
    const sorts = isHarmless ? KUBE_SORTS.filter((sort) => sort.isHarmless) : KUBE_SORTS;
    return [chance.pick(sorts).draw(chance)];
  }
  if (!isHarmless && chance.happens(0.1)) return [outage(chance)];
  if (!isHarmless && chance.happens(0.4)) return lyingPages(chance);
  const effect = chance.pick(isHarmless ? HARMLESS : [...HARMLESS, ...STORMS])(chance);
  return [onGraph(chance, chance.pick(CALLS), effect)];
}

/** Hours in which nothing of Graph works: a fleet has to outlive them (S5). */
function outage(chance: Chance): CloudFault {
  const { fromMs } = window(chance);
  const forMs = chance.whole(60, 180) * 60 * SECOND_MS;
  return { on: "cloud", fromMs, forMs, rule: { service: "graph", effect: chance.pick(STORMS)(chance) } };
}

function lyingPages(chance: Chance): readonly Fault[] {
  const action = chance.pick(LISTS);
  const { fromMs, forMs } = window(chance);
  const long = { fromMs, forMs: Math.max(forMs, 20 * 60 * SECOND_MS) };
  const short: Fault = {
    on: "cloud",
    ...long,
    rule: { service: "graph", action, effect: { kind: "partialPage", itemsMax: 1 } },
  };
  switch (chance.whole(0, 3)) {
    case 0:
      return [onGraph(chance, action, { kind: "emptyList" })];
    case 1:
      return [short];
    case 2:
      return [
        short,
        { on: "cloud", ...long, rule: { service: "graph", action, ...often(chance), effect: { kind: "failingPage" } } },
      ];
    default:
      return [
        short,
        { on: "cloud", ...long, rule: { service: "graph", action, ...often(chance), effect: { kind: "emptyPage" } } },
      ];
  }
}

function onGraph(chance: Chance, action: string, effect: FaultEffect): CloudFault {
  return { on: "cloud", ...window(chance), rule: { service: "graph", action, ...often(chance), effect } };
}
