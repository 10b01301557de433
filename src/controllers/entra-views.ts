/** Looks up the Entra side of a domain, from caches: configurations that name it and that it admits. */
import { parseConfiguration } from "../api/parse.ts";
import { consents } from "../fleet/consent.ts";
import { judgeEntraView, type EntraView } from "../fleet/entra-view.ts";
import { keyText, type ObjectKey } from "../kube/port.ts";
import { INDEX, type Caches } from "./loop-ports.ts";
import { domainAt } from "./references.ts";

export function entraViewOf(caches: Caches, domainKey: ObjectKey): EntraView {
  const domain = domainAt(caches, domainKey);
  const named = caches.configurations.byIndex(INDEX.configurationsByDomain, keyText(domainKey));
  const admitted = named.flatMap((object) => {
    const parsed = parseConfiguration(object);
    if (domain === undefined || parsed.kind !== "parsed") return [];
    const from = parsed.object.metadata.namespace ?? "";
    const labels = caches.namespaces.get({ namespace: "", name: from })?.metadata.labels;
    const isAdmitted = consents(domain.spec.allowedNamespaces, domainKey.namespace, { name: from, labels });
    return isAdmitted ? [parsed.object] : [];
  });
  return judgeEntraView(admitted);
}
