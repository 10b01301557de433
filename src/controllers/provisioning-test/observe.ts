/** Reads what one pass over a test stands on, from caches alone: nothing is called before it is decided that something is to be done. */
import type { ADDomain } from "../../api/ad-domain.ts";
import type { EntraTenant } from "../../api/entra-tenant.ts";
import type { ProvisioningTest } from "../../api/provisioning-test.ts";
import type { SyncConfiguration } from "../../api/sync-configuration.ts";
import { parseAgent, parseConfiguration } from "../../api/parse.ts";
import { consents } from "../../fleet/consent.ts";
import { effectiveMode } from "../../fleet/effective-mode.ts";
import type { ObjectKey } from "../../kube/port.ts";
import { readyReaders, type ReadyReader } from "../../sync/provisioning-test/readers.ts";
import type { Referred, TestSnapshot } from "../../sync/provisioning-test/snapshot.ts";
import { INDEX, type Caches } from "../loop-ports.ts";
import { domainAt, modeSource, referenceKey, tenantAt } from "../references.ts";
import type { TestPorts } from "./ports.ts";

export function observeTest(test: ProvisioningTest, { caches, clock }: TestPorts): TestSnapshot {
  const namespace = test.metadata.namespace ?? "";
  const configuration = configurationAt(caches, { namespace, name: test.spec.configurationRef.name });
  const tenant = tenantOf(configuration, caches);
  const domain = domainOf(configuration, caches);
  const sources = [objectOf(tenant), objectOf(domain), configuration, test];
  return {
    test,
    configuration,
    tenant,
    domain,
    mode: effectiveMode(sources.flatMap((object) => (object === undefined ? [] : [modeSource(object)]))),
    readers: domain.kind === "found" ? readersOf(domain.object, caches) : [],
    nowMs: clock.nowMs(),
  };
}

function configurationAt(caches: Caches, key: ObjectKey): SyncConfiguration | undefined {
  const object = caches.configurations.get(key);
  const parsed = object === undefined ? undefined : parseConfiguration(object);
  return parsed?.kind === "parsed" ? parsed.object : undefined;
}

function tenantOf(configuration: SyncConfiguration | undefined, caches: Caches): Referred<EntraTenant> {
  if (configuration === undefined) return { kind: "absent" };
  const key = referenceKey(configuration.spec.tenantRef, configuration.metadata.namespace ?? "");
  return referred(tenantAt(caches, key), key, configuration, caches);
}

function domainOf(configuration: SyncConfiguration | undefined, caches: Caches): Referred<ADDomain> {
  const reference = configuration?.spec.entraToAD?.domainRef;
  if (configuration === undefined || reference === undefined) return { kind: "absent" };
  const key = referenceKey(reference, configuration.metadata.namespace ?? "");
  return referred(domainAt(caches, key), key, configuration, caches);
}

function referred<T extends EntraTenant | ADDomain>(
  object: T | undefined,
  key: ObjectKey,
  { metadata }: SyncConfiguration,
  { namespaces }: Caches,
): Referred<T> {
  if (object === undefined) return { kind: "absent" };
  const from = metadata.namespace ?? "";
  const labels = namespaces.get({ namespace: "", name: from })?.metadata.labels;
  const isAdmitted = consents(object.spec.allowedNamespaces, key.namespace, { name: from, labels });
  return isAdmitted ? { kind: "found", object } : { kind: "refused" };
}

function objectOf<T>(reference: Referred<T>): T | undefined {
  return reference.kind === "found" ? reference.object : undefined;
}

function readersOf({ metadata, spec }: ADDomain, { agents }: Caches): readonly ReadyReader[] {
  const parsed = agents.byIndex(INDEX.agentsByDNSName, spec.dnsName.toLowerCase()).flatMap((object) => {
    const agent = parseAgent(object);
    return agent.kind === "parsed" ? [agent.object] : [];
  });
  return readyReaders(parsed, { namespace: metadata.namespace ?? "", name: metadata.name });
}
