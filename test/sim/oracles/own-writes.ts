/**
 * docs/kube-runtime.md, "Stale caches": no pass of a loop stands on a copy older than what that loop wrote itself.
 * Guarantees: judged by kinds that one loop alone writes: a write refused as a conflict, although nobody has touched the object since the last
 * write of the same process, whose answer that process had.
 * Never: judges after an answer that was lost (the process cannot know then), nor agents (two loops write their status), nor a plan in which the
 * server loses watch events: what it shows later says that the cache is up to date.
 */
import type { Plan } from "../run/plan.ts";
import type { Oracle } from "../run/scene.ts";

const KINDS_OF_ONE_LOOP: ReadonlySet<string> = new Set(["cloudsyncagentpools", "addomains"]);
const CONFLICT = 409;

interface LastWrite {
  readonly operator: string;
  readonly site: string;
  readonly version: string | undefined;
}

export function ownWrites(): Oracle {
  const lastWrites = new Map<string, LastWrite>();
  return {
    name: "own writes",
    after(happening, scene) {
      if (happening.kind !== "call" || happening.call.side !== "kube" || !happening.call.isWrite) return undefined;
      const { call, fate, status } = happening;
      const [plural = "", name] = call.about.split("/");
      if (!KINDS_OF_ONE_LOOP.has(plural) || losesEvents(scene.plan)) return undefined;
      const version = scene.objects(plural).find(({ metadata }) => metadata.name === name)?.metadata.resourceVersion;
      const before = lastWrites.get(call.about);
      if (status === CONFLICT && fate.kind === "served") {
        const isOwn = before?.operator === call.operator && before.version === version;
        return isOwn ? `${call.operator} sent "${call.site}" on a copy older than its own "${before.site}"` : undefined;
      }
      if (fate.kind === "served") lastWrites.set(call.about, { operator: call.operator, site: call.site, version });
      else lastWrites.delete(call.about);
      return undefined;
    },
  };
}

function losesEvents({ faults }: Pick<Plan, "faults">): boolean {
  return faults.some((fault) => fault.on === "watch" && fault.effect.kind === "dropped");
}
