/**
 * Holds a key back until the caches show what its last passes wrote; after a minute asks the API server who is right.
 * Guarantees: no pass on a copy older than the key's own writes; no key held for ever (the referee decides, or forces a relist).
 * Never: trusts a failed referee call.
 */
import { keyOf, keyText } from "./port.ts";
import type { KubeObject, KubePort, ResourceKind } from "./port.ts";
import { KUBE_LIMITS } from "./limits.ts";
import { isAtLeast } from "./versions.ts";
import { describeExpectation, isShown } from "./write-journal.ts";
import type { Expectation, FindView } from "./write-journal.ts";

export interface ExpectationOptions {
  readonly monotonicMs: () => number;
  readonly findView: FindView;
  /** The referee's reads: not the journalled port. */
  readonly live: Pick<KubePort, "get">;
  readonly requestRelist: (kind: ResourceKind, namespace: string) => void;
  readonly report: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface Expectations {
  /** The list to which the journal adds while a pass of the key runs. */
  ofKey(key: string): Expectation[];
  /** True while a write of the key is not shown yet. Forgets what is shown. */
  isHeld(key: string): boolean;
  /** Asks the API server about writes that are not shown after the time limit. */
  referee(key: string, signal: AbortSignal): Promise<void>;
  /** Called after a pass: drops what is not needed; everything when the key is forgotten. */
  settle(key: string, isForgotten: boolean): void;
}

export function expectations(options: ExpectationOptions): Expectations {
  const open = new Map<string, Expectation[]>();

  function isOverdue(expectation: Expectation): boolean {
    return options.monotonicMs() - expectation.sinceMs >= KUBE_LIMITS.expectationTimeoutMs;
  }

  async function verdict(expectation: Expectation, signal: AbortSignal): Promise<"drop" | "wait"> {
    const { kind, key } = expectation;
    const live = await options.live.get<KubeObject>(kind, key, signal);
    const cached = options.findView(kind, key)?.object;
    if (live.kind !== "ok" && live.kind !== "notFound") return "wait";
    const isCacheRight = live.kind === "notFound" ? cached === undefined : isSameCopy(cached, live.object);
    options.report("write not shown by the cache in time", {
      expectation: describeExpectation(expectation),
      verdict: isCacheRight ? "cache is right" : "cache is stale",
    });
    if (isCacheRight) return "drop";
    options.requestRelist(kind, key.namespace);
    return "wait";
  }

  return {
    ofKey(key) {
      const list = open.get(key) ?? [];
      open.set(key, list);
      return list;
    },
    isHeld(key) {
      const list = open.get(key);
      if (list === undefined) return false;
      const waiting = list.filter(
        (expectation) => !isShown(expectation, options.findView(expectation.kind, expectation.key), isAtLeast),
      );
      list.splice(0, list.length, ...waiting);
      if (waiting.length === 0) open.delete(key);
      return waiting.length > 0;
    },
    async referee(key, signal) {
      const list = open.get(key) ?? [];
      for (const expectation of list.filter(isOverdue)) {
        const decided = await verdict(expectation, signal);
        const index = list.indexOf(expectation);
        if (index < 0) continue;
        if (decided === "drop") list.splice(index, 1);
        else list[index] = { ...expectation, sinceMs: options.monotonicMs() };
      }
    },
    settle(key, isForgotten) {
      if (isForgotten || open.get(key)?.length === 0) open.delete(key);
    },
  };
}

function isSameCopy(cached: KubeObject | undefined, live: KubeObject): boolean {
  if (cached === undefined || keyText(keyOf(cached)) !== keyText(keyOf(live))) return false;
  const isSameUid = cached.metadata.uid === live.metadata.uid;
  return isSameUid && cached.metadata.resourceVersion === live.metadata.resourceVersion;
}
