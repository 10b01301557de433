/**
 * The loop of one ADDomain: uniqueness of its DNS name, who depends on it, who registers now, and its in-use finalizer.
 * Never: calls anything outside the cluster.
 */
import type { ADDomain } from "../../api/ad-domain.ts";
import { COMMON_CONDITIONS, CONDITION_TYPES } from "../../api/conditions.ts";
import { AD_DOMAIN, ANNOTATIONS, FINALIZERS } from "../../api/kinds.ts";
import { parseAgent, parseConfiguration } from "../../api/parse.ts";
import { dnsNameOwner } from "../../fleet/domain/ownership.ts";
import {
  decideDomain,
  dependantPaths,
  domainFindings,
  type DomainAction,
  type DomainSnapshot,
} from "../../fleet/domain/summary.ts";
import { mergeConditions } from "../../kube/conditions.ts";
import { ensureFinalizer, releaseFinalizer } from "../../kube/finalizers.ts";
import { keyText, type ObjectKey, type Reconcile } from "../../kube/port.ts";
import { slotHolder } from "../agent/registration-slot.ts";
import { announcer } from "../announcer.ts";
import { INDEX, type LoopPorts } from "../loop-ports.ts";
import { domainAt, domainsNaming, isPaused } from "../references.ts";
import { handoverMemory, isSlotAwaited, type Registration } from "./handover.ts";

const FIELD_MANAGER = "cloudsync-domain";

export function domainReconciler(ports: LoopPorts): Reconcile {
  const announce = announcer("domain", ports.log, ports.events);
  const handovers = handoverMemory(ports.clock);
  return async function reconcile(key, signal) {
    const domain = domainAt(ports.caches, key);
    if (domain === undefined) {
      handovers.forget(key);
      return { kind: "done" };
    }
    const snapshot = observe(domain, ports, key);
    const action = decideDomain(snapshot);
    if (action.kind !== "rest")
      announce.announce(domain, {
        action: action.kind,
        reason: action.kind === "hold" ? action.reason : "None",
        message: action.kind === "hold" ? action.message : "",
      });
    const held = { port: ports.kube, kind: AD_DOMAIN, object: domain, finalizer: FINALIZERS.inUse };
    if (action.kind === "removeFinalizer") {
      announce.forget(domain.metadata.uid);
      const { kind } = await releaseFinalizer(held, signal);
      return kind === "ok" ? { kind: "done" } : { kind: "retry", reason: "Contended" };
    }
    if (action.kind === "addFinalizer") {
      const { kind } = await ensureFinalizer(held, signal);
      return kind === "added" ? { kind: "requeue", afterMs: 0 } : { kind: "retry", reason: "Contended" };
    }
    const options = { fieldManager: FIELD_MANAGER, resourceVersion: domain.metadata.resourceVersion };
    const { registration, leftMs } = handovers.shown(key, {
      shown: domain.status.registration,
      holder: slotHolder(ports, domain.spec.dnsName),
      isAwaited: isSlotAwaited(snapshot.dependants),
    });
    const status = nextStatus(snapshot, action, registration, ports);
    const written = await ports.kube.applyStatus(AD_DOMAIN, domain, status, options, signal);
    if (written.kind !== "ok" && written.kind !== "notFound") return { kind: "retry", reason: "StatusNotWritten" };
    return leftMs > 0 ? { kind: "requeue", afterMs: leftMs } : { kind: "done" };
  };
}

function observe(domain: ADDomain, { caches }: LoopPorts, key: ObjectKey): DomainSnapshot {
  const dependants = caches.agents
    .byIndex(INDEX.agentsByDNSName, domain.spec.dnsName.toLowerCase())
    .flatMap((object) => {
      const parsed = parseAgent(object);
      if (parsed.kind !== "parsed") return [];
      const { name, namespace } = parsed.object.spec.template.domain;
      const names = { namespace: namespace ?? parsed.object.metadata.namespace ?? "", name };
      return keyText(names) === keyText(key) ? [parsed.object] : [];
    });
  return {
    domain,
    owner: dnsNameOwner(domain, domainsNaming(caches, domain.spec.dnsName)),
    isPaused: isPaused(domain),
    dependants,
    configurations: configurationsOf(caches, key),
  };
}

function configurationsOf({ configurations }: LoopPorts["caches"], key: ObjectKey): DomainSnapshot["configurations"] {
  return configurations.byIndex(INDEX.configurationsByDomain, keyText(key)).flatMap((object) => {
    const parsed = parseConfiguration(object);
    const isHeld = object.metadata.finalizers?.includes(FINALIZERS.configuration) === true;
    return parsed.kind === "parsed" && isHeld ? [parsed.object] : [];
  });
}

function nextStatus(
  snapshot: DomainSnapshot,
  action: DomainAction,
  registration: Registration | undefined,
  ports: LoopPorts,
): object {
  const { domain } = snapshot;
  const dependants = [...snapshot.dependants, ...snapshot.configurations];
  const generation = domain.metadata.generation ?? 0;
  const requested = domain.metadata.annotations?.[ANNOTATIONS.requestedAt];
  return {
    observedGeneration: generation,
    ...(requested === undefined ? {} : { lastHandledRequest: requested }),
    ...(domain.spec.domainControllers === undefined ? {} : { domainControllers: domain.spec.domainControllers }),
    ...(registration === undefined ? {} : { registration }),
    dependants: { count: dependants.length, ...(dependants.length === 0 ? {} : { first: dependantPaths(dependants) }) },
    conditions: mergeConditions({
      previous: domain.status.conditions,
      types: [...CONDITION_TYPES.ADDomain, ...COMMON_CONDITIONS],
      findings: domainFindings(snapshot, action),
      generation,
      nowMs: ports.clock.nowMs(),
    }),
  };
}
