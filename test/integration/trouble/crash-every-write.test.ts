/**
 * SIGKILL right after each distinct write of a fleet's life, once a site, then a new operator: the same end state as without.
 * The sites are found by a clean life (Sieve, OSDI '22: intermediate states), so a new write is in the campaign from the day it is written.
 */
import { Life, PHASES, startBench, type Bench, type EndState, type Phase } from "./crash-campaign.ts";

const BENCHES = 2;
const TRIES_MAX = 3;
/** What reaches outside or creates, deletes and permits: killed in each phase anew, because each has other neighbours. */
const PER_PHASE = /^(create|delete|ec2) |status (launch|slots|retirement|disruption)|finalizers/;

interface Campaign {
  readonly wanted: Readonly<Record<Phase, EndState>>;
  readonly sites: readonly SiteInPhase[];
}
interface SiteInPhase {
  readonly phase: Phase;
  readonly site: string;
}

let benches: readonly Bench[] = [];

beforeAll(async () => {
  benches = await Promise.all(Array.from({ length: BENCHES }, () => startBench()));
}, 120_000);

afterAll(async () => {
  await Promise.all(benches.map((bench) => bench.stop()));
}, 60_000);

test("a kill after any write changes nothing about the end", async () => {
  for (const bench of benches) bench.startOperator();
  const campaign = await discover(benches[0]!);
  report(
    `${campaign.sites.length} write sites:\n${campaign.sites.map(({ phase, site }) => `  ${phase}: ${site}`).join("\n")}`,
  );
  const queue = new SiteQueue(campaign.sites);
  await Promise.all(benches.map((bench) => work(bench, campaign, queue)));
  report(
    `${queue.kills} kills covered ${campaign.sites.length - queue.missed().length} sites; not reached again: ${JSON.stringify(queue.missed())}`,
  );
  // Which summary goes into which status write is a matter of timing; everything else has to come again.
  expect(
    queue
      .missed()
      .filter(({ site }) => !/condition|summary|Replicas|replicas|views|phase|leftovers|dependants/.test(site)),
  ).toEqual([]);
}, 1_800_000);

async function discover(bench: Bench): Promise<Campaign> {
  const life = await Life.begin(bench, 1);
  const wanted: Partial<Record<Phase, EndState>> = {};
  const sites: SiteInPhase[] = [];
  const known = new Set<string>();
  let read = 0;
  for (const phase of PHASES) {
    wanted[phase] = await life.clean(phase);
    const writes = bench.intercept.writes();
    for (const site of writes.slice(read).flatMap((write) => write.sites)) {
      const key = PER_PHASE.test(site) ? `${phase} ${site}` : site;
      if (known.has(key)) continue;
      known.add(key);
      sites.push({ phase, site });
    }
    read = writes.length;
  }
  return { wanted: wanted as Record<Phase, EndState>, sites };
}

/** Sites that wait for their kill; a write that was several sites settles all of them. */
class SiteQueue {
  readonly #tries = new Map<SiteInPhase, number>();
  #waiting: SiteInPhase[];
  kills = 0;

  constructor(sites: readonly SiteInPhase[]) {
    this.#waiting = [...sites];
  }

  take(phase: Phase): SiteInPhase | undefined {
    const next = this.#waiting.find((entry) => entry.phase === phase && (this.#tries.get(entry) ?? 0) < TRIES_MAX);
    if (next === undefined) return undefined;
    this.#tries.set(next, (this.#tries.get(next) ?? 0) + 1);
    this.#waiting = [...this.#waiting.filter((entry) => entry !== next), next];
    return next;
  }

  struck(phase: Phase, sites: readonly string[]): void {
    this.kills += 1;
    this.#waiting = this.#waiting.filter((entry) => entry.phase !== phase || !sites.includes(entry.site));
  }

  hasMore(): boolean {
    return this.#waiting.some((entry) => (this.#tries.get(entry) ?? 0) < TRIES_MAX);
  }

  missed(): readonly SiteInPhase[] {
    return this.#waiting;
  }
}

/** Lives, each with at most one kill a phase, until no site waits. A life starts and ends whole; what lies between is done when it has a kill. */
async function work(bench: Bench, { wanted }: Campaign, queue: SiteQueue): Promise<void> {
  while (queue.hasMore()) {
    const life = await Life.begin(bench, 1);
    for (const phase of PHASES) {
      const next = queue.take(phase);
      if (next === undefined) {
        if (phase === "create" || phase === "deletePool") await life.clean(phase);
        continue;
      }
      const sinceMs = performance.now();
      const sites = await life.crashed(phase, next.site, wanted[phase]);
      if (sites !== undefined) queue.struck(phase, sites);
      const seconds = ((performance.now() - sinceMs) / 1_000).toFixed(1);
      report(
        `${phase}: ${next.site}: ${sites === undefined ? "not written this time" : `killed (${sites.length} sites)`}, ${seconds} s`,
      );
    }
  }
}

function report(text: string): void {
  process.stderr.write(`${text}\n`);
}
