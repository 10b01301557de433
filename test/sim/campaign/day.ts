/**
 * A whole day of one fleet and its Entra side at rest, on AWS's own delays and the default flags: what it costs to simulate, and that nothing is
 * written meanwhile to Kubernetes, AWS or Graph (L1).
 * Guarantees: passes only if every promise held, and from rest to rest a day later nothing was written but what L1 excepts.
 */
import { entraCreated } from "../draw/entra-lives.ts";
import type { Plan } from "../run/plan.ts";
import { prepareProcess } from "../run/prepare.ts";
import type { Happening, Oracle } from "../run/scene.ts";
import { isAtRestToo } from "../run/sites.ts";
import { say } from "./say.ts";

const DAY_MS = 24 * 3_600_000;
/** The job's first cycle ends within it, and is told once. */
const FIRST_CYCLE_MS = 2 * 3_600_000;
const MORNING = "the day begins";
const NEXT_MORNING = "the day ends";

const PLAN: Plan = {
  seed: 1,
  pool: { spec: { agent: { registration: { mode: "Credential" } } } },
  flags: [],
  delays: "real",
  operators: 1,
  acts: [
    ...entraCreated(),
    { afterMs: 0, isSettledFirst: true, deed: { kind: "look", at: "all is applied" } },
    { afterMs: FIRST_CYCLE_MS, isSettledFirst: true, deed: { kind: "look", at: MORNING } },
    { afterMs: DAY_MS, isSettledFirst: false, deed: { kind: "look", at: NEXT_MORNING } },
  ],
  faults: [],
  strikes: [],
};

/** @returns whether the day was as quiet as L1 promises */
export async function dayCampaign(): Promise<boolean> {
  const simulator = await prepareProcess();
  const { allOracles } = await import("../oracles/all.ts");
  const day = quietDay();
  const startedNs = process.hrtime.bigint();
  const { violation, events, rest } = await simulator.run(PLAN, [...allOracles(), day]);
  const seconds = Number(process.hrtime.bigint() - startedNs) / 1e9;
  if (violation !== undefined) say(`FAILED ${violation.oracle}: ${violation.sentence}`);
  const probes = day.excepted.get("ssm:SendCommand CloudSync-Probe") ?? 0;
  say(
    `day: 24 h of three agents and a configuration at rest (${rest.kind}) in ${seconds.toFixed(1)} s, ${(24 / seconds).toFixed(1)} virtual hours a second, ` +
      `${events} events; 0 writes but ${probes} probe commands and ${day.excepted.get("update leases") ?? 0} lease renewals; ${day.reads.aws} reads of AWS, ${day.reads.graph} of Graph`,
  );
  return violation === undefined;
}

interface QuietDay extends Oracle {
  /** What L1 excepts, by site. */
  readonly excepted: ReadonlyMap<string, number>;
  readonly reads: { readonly aws: number; readonly graph: number };
}

function quietDay(): QuietDay {
  const excepted = new Map<string, number>();
  let isDay = false;
  let hasEnded = false;
  const reads = { aws: 0, graph: 0 };
  const look = ({ deed }: Happening & { readonly kind: "deed" }): void => {
    if (deed.kind !== "look") return;
    isDay = deed.at === MORNING;
    hasEnded ||= deed.at === NEXT_MORNING;
  };
  return {
    name: "L1 over a day",
    excepted,
    reads,
    after(happening) {
      if (happening.kind === "deed") look(happening);
      if (happening.kind !== "call" || !isDay) return undefined;
      const { call } = happening;
      if (!call.isWrite) {
        if (call.side !== "kube") reads[call.side] += 1;
        return undefined;
      }
      if (!isAtRestToo(call.site)) return `"${call.site}" of ${call.about} was written on a quiet day`;
      excepted.set(call.site, (excepted.get(call.site) ?? 0) + 1);
      return undefined;
    },
    atRest: () => (hasEnded ? undefined : "the day did not end"),
  };
}
