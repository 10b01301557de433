/**
 * `make demo`: three agents become Ready, a host dies and is replaced; groups of Entra arrive in AD, and a typo takes none away. The world's record
 * agrees with the operator's status at each step.
 * Guarantees: returns only if all of it held; everything that was started is stopped and its directory removed on every way out.
 * Never: looks away: each wait has a deadline, and a failure names the first failing link.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareRecords, type WorldRecord } from "./agreement.ts";
import { fleetReader, isReady, isSettled, type Agent, type Fleet, type FleetReader } from "./fleet.ts";
import { DemoFailure, follow, type Following, type Subject, type WatchedProcess } from "./follow.ts";
import { journal, type Journal } from "./journal.ts";
import { narrator as narratorTo, type Narrator, type Output } from "./narrator.ts";
import { entraReader } from "./entra.ts";
import { playEntra } from "./entra-play.ts";
import { entraSubject } from "./entra-view.ts";
import { fleetSubject } from "./fleet-view.ts";
import { applyExamples, countsOf, startStage, stopStage, type Stage } from "./stage.ts";
import { costLines, lengths, timeline } from "./story.ts";

/** Generous: about 30 s and 25 s on an idle laptop. */
const READY_TIMEOUT_MS = 180_000;
const REPLACED_TIMEOUT_MS = 180_000;
const METRICS_TIMEOUT_MS = 10_000;

export async function demo(output: Output): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "cloudsync-demo-"));
  // Children are killed when this program exits, however it does (`launch`); the directory goes after them.
  process.once("exit", () => rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
  const narrator = narratorTo(output, () => performance.now());
  const startedMs = performance.now();
  narrator.say(
    "a pool of three agents on a real API server and a simulated AWS, one of which dies; then groups of a simulated Entra in its AD",
  );
  const stage = await startStage({ directory, isDetached: false, narrator });
  await play(stage, narrator, output);
  await narrator.stopping("operator, world and control plane", () => stopStage(stage));
  narrator.say(`demo passed in ${Math.round((performance.now() - startedMs) / 1_000)} s`);
}

async function play(stage: Stage, narrator: Narrator, output: Output): Promise<void> {
  const story = journal();
  const following: Following = {
    narrator,
    processes: processesOf(stage),
    isTerminal: output.isTTY === true,
    operatorLog: stage.operator.logFile,
  };
  const applied = await applyExamples(stage.plane);
  story.note("kubectl apply: a pool of 3 agents, a configuration, a canary, a team's groups", Date.now());
  narrator.say(`kubectl kustomize examples/demo | kubectl apply -f -   (${applied.split("\n").length} objects)`);
  const reader = fleetReader(stage.plane.kubeconfig);
  const fleet = fleetSubject(reader, story);
  await playFleet({ stage, following, reader, fleet, story });

  const { tenantID, dnsName } = await reader.readDeclared();
  const { control } = stage.world;
  const entra = entraReader({ kubeconfig: stage.plane.kubeconfig, control, tenantID, dnsName });
  const removalsSent = async (): Promise<number> => removalsIn(await countsOf(stage.world));
  const subject = entraSubject(entra, story);
  await playEntra({ following, subject, journal: story, target: stage.plane, control, tenantID, removalsSent });
  await entra.close();
  await tellStory(stage, story, narrator);
}

function removalsIn(counts: Readonly<Record<string, number>>): number {
  const removals = Object.entries(counts).filter(([call]) => /^graph:DELETE .*appRoleAssigned/.test(call));
  return removals.reduce((sum, [, count]) => sum + count, 0);
}

interface FleetPlay {
  readonly stage: Stage;
  readonly following: Following;
  readonly reader: FleetReader;
  readonly fleet: Subject<Fleet>;
  readonly story: Journal;
}

async function playFleet({ stage, following, reader, fleet, story }: FleetPlay): Promise<void> {
  const { narrator } = following;
  const ready = await follow(following, fleet, {
    sentence: "three agents Ready",
    isReached: isSettled,
    timeoutMs: READY_TIMEOUT_MS,
  });
  await checkRecords(stage, reader, narrator);

  const victim = ready.agents.find((agent) => agent.spec.slot === 0) ?? ready.agents[0];
  if (victim === undefined) throw new DemoFailure("the pool is Ready without agents");
  const { name } = victim.metadata;
  await stage.world.control.ask("POST", `/hosts/${victim.status?.instanceID ?? name}/kill`);
  story.note(`the world kills ${victim.status?.instanceID ?? "?"}, the host of ${name}`, Date.now());
  narrator.say(`killed ${victim.status?.instanceID ?? "?"}, the host of ${name}, in the world`);
  await follow(following, fleet, {
    sentence: "the dead host is noticed",
    isReached: ({ agents }) => !isReadyNow(agents, victim),
    timeoutMs: REPLACED_TIMEOUT_MS,
  });
  const replaced = await follow(following, fleet, {
    sentence: `${name} is replaced`,
    isReached: (seen) => isSettled(seen) && !seen.agents.some(({ metadata }) => metadata.uid === victim.metadata.uid),
    timeoutMs: REPLACED_TIMEOUT_MS,
  });
  narrator.say(`${name} is replaced: ${replaced.pool.status?.summary?.ready ?? "all"} Ready again`);
  await checkRecords(stage, reader, narrator);
}

function isReadyNow(agents: readonly Agent[], { metadata }: Agent): boolean {
  return agents.some((agent) => agent.metadata.uid === metadata.uid && isReady(agent));
}

/** Shows both records; throws when they differ. */
async function checkRecords(stage: Stage, reader: FleetReader, narrator: Narrator): Promise<void> {
  const declared = await reader.readDeclared();
  const ask = (path: string): Promise<unknown> => stage.world.control.ask("GET", path);
  const fleet = await reader.read();
  const world = { hosts: await ask("/hosts"), domain: await ask(`/domains/${declared.dnsName}`) } as WorldRecord;
  const { lines, disagreements } = compareRecords(fleet, world, declared);
  narrator.say("the world's own record of each host | the operator's status");
  narrator.print(lines.map((line) => `  ${line}`));
  if (disagreements.length > 0) throw new DemoFailure(`the two records disagree:\n${disagreements.join("\n")}`);
  narrator.say("they agree");
}

async function tellStory(stage: Stage, { moments }: Journal, narrator: Narrator): Promise<void> {
  const counts = await countsOf(stage.world);
  const calls = Object.fromEntries(
    Object.entries(counts).map(([call, count]) => [call, count - (stage.callsBefore[call] ?? 0)]),
  );
  const hosts = (await stage.world.control.ask("GET", "/hosts")) as readonly unknown[];
  const metrics = await (await fetch(stage.metricsURL, { signal: AbortSignal.timeout(METRICS_TIMEOUT_MS) })).text();
  narrator.print([
    "",
    "What happened, from kubectl apply on",
    ...timeline(moments),
    "",
    "What it took",
    ...lengths(moments),
    ...costLines({ instancesLaunched: hosts.length, calls, metrics }),
    "",
  ]);
}

export function processesOf({ plane, world, operator, directory }: Stage): readonly WatchedProcess[] {
  const logOf = (name: string): string => join(directory, `${name}.log`);
  return [
    ...Object.entries(plane.pids).map(([name, pid]) => ({ name, pid, logFile: logOf(name) })),
    { name: "the simulated world", pid: world.pid, logFile: logOf("world") },
    { name: "the operator", pid: operator.pid, logFile: operator.logFile },
  ];
}
