/**
 * Says it in the log when the API server refuses the operator a right: a loop only tries again, so nobody would see why nothing happens.
 * Guarantees: once for each verb, kind and subresource; at most {@link SAID_MAX} of them.
 */
import type { KubeLog, KubeMetrics } from "./observers.ts";

/** More than there are verbs, kinds and subresources that the operator writes. */
const SAID_MAX = 100;

export function sayingRefusals(metrics: KubeMetrics, log: Pick<KubeLog, "error">): KubeMetrics {
  const said = new Set<string>();
  return {
    ...metrics,
    wrote(write) {
      metrics.wrote(write);
      const { verb, kind, subresource, result } = write;
      const right = `${verb} ${kind}/${subresource}`;
      if (result !== "Denied" || said.has(right) || said.size >= SAID_MAX) return;
      said.add(right);
      log.error("the API server refuses a write", {
        verb,
        kind,
        ...(subresource === "" ? {} : { subresource }),
        fix: "Grant it to the operator's service account: install the chart of this version.",
      });
    },
  };
}
