/**
 * `make up` and `make down`: the demo's stage, kept running to play with.
 * Guarantees: `up` twice tells how to use what runs; an operator that ended is started again; what is left of a broken run is stopped first.
 * Never: leaves something running when it could not start everything.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Endpoints } from "../../sim/src/serve.ts";
import { readControlPlaneFacts } from "../support/control-plane.ts";
import { fleetReader, isSettled } from "./fleet.ts";
import { fleetLines, fleetSubject } from "./fleet-view.ts";
import { DemoFailure, follow, type Following, type WatchedProcess } from "./follow.ts";
import { journal } from "./journal.ts";
import { narrator as narratorTo, type Narrator, type Output } from "./narrator.ts";
import { CANARY, POOL } from "./names.ts";
import { liveProcesses, PROCESS_NAMES, stopAndRemove, upDirectory, writeForPeople } from "./run-directory.ts";
import { applyExamples, startOperatorAsInstalled, startStage } from "./stage.ts";

const READY_TIMEOUT_MS = 180_000;

export async function up(output: Output, runDirectory: string): Promise<void> {
  const narrator = narratorTo(output, () => performance.now());
  const running = (await liveProcesses(runDirectory)).map(({ name }) => name);
  const missing = PROCESS_NAMES.filter((name) => !running.includes(name));
  if (missing.length === 0 || (missing.length === 1 && missing[0] === "operator")) {
    await takeUpAgain(narrator, runDirectory, missing.length > 0);
  } else {
    if (existsSync(upDirectory(runDirectory))) {
      narrator.say(`clearing what an earlier run left (running: ${running.join(", ") || "nothing"})`);
      await stopAndRemove(runDirectory);
    }
    await startFresh(narrator, output, runDirectory);
  }
  narrator.print(howTo(runDirectory));
}

/** Everything but perhaps the operator is running. */
async function takeUpAgain(narrator: Narrator, runDirectory: string, isOperatorMissing: boolean): Promise<void> {
  const directory = upDirectory(runDirectory);
  const plane = readControlPlaneFacts(directory);
  if (plane === undefined) throw new DemoFailure(`${directory} does not say where the control plane is: make down`);
  if (isOperatorMissing) {
    const endpoints = JSON.parse(readFileSync(join(directory, "world.json"), "utf8")) as Endpoints;
    await narrator.step("the operator again: it had ended", () =>
      startOperatorAsInstalled({ directory, isDetached: true, plane, endpoints }),
    );
  } else {
    narrator.say("it is up already");
  }
  narrator.print(fleetLines(await fleetReader(plane.kubeconfig).read()));
}

async function startFresh(narrator: Narrator, output: Output, runDirectory: string): Promise<void> {
  const directory = upDirectory(runDirectory);
  try {
    const { plane, operator } = await startStage({ directory, isDetached: true, narrator });
    writeForPeople({ runDirectory, kubectlPath: plane.kubectlPath, adminKubeconfig: plane.kubeconfig });
    await applyExamples(plane);
    narrator.say("applied examples/demo");
    const recorded = await liveProcesses(runDirectory);
    const processes = recorded.map(({ pid, name }): WatchedProcess => ({
      pid,
      name,
      logFile: join(directory, `${name}.log`),
    }));
    const following: Following = {
      narrator,
      processes,
      isTerminal: output.isTTY === true,
      operatorLog: operator.logFile,
    };
    await follow(following, fleetSubject(fleetReader(plane.kubeconfig), journal()), {
      sentence: "three agents Ready",
      isReached: isSettled,
      timeoutMs: READY_TIMEOUT_MS,
    });
  } catch (error) {
    narrator.say("it did not come up: stopping what was started");
    await stopAndRemove(runDirectory);
    throw error;
  }
}

export async function down(output: Output, runDirectory: string): Promise<void> {
  const stopped = await stopAndRemove(runDirectory);
  output.write(stopped.length === 0 ? "nothing is running\n" : `stopped ${stopped.join(", ")}\n`);
}

function howTo(runDirectory: string): readonly string[] {
  const place = relative(process.cwd(), runDirectory);
  const { metricsURL } = JSON.parse(readFileSync(join(upDirectory(runDirectory), "operator.json"), "utf8")) as {
    readonly metricsURL: string;
  };
  const commands: readonly (readonly [command: string, meaning: string])[] = [
    [`. ${place}/env`, "this shell's kubectl and cloudsync-world are now those of this run"],
    ["kubectl get csap,csa", "is it fine, how many of how many, where, the first thing wrong"],
    [`kubectl scale csap/${POOL} --replicas=2`, "one agent leaves, in order"],
    [`kubectl delete csa/${POOL}-1-1`, "replaces it safely: a successor is Ready first"],
    [`cloudsync-world hosts`, "the hosts as they truly are"],
    [`cloudsync-world kill ${POOL}-0-1`, "a host dies"],
    [
      "cloudsync-world fault add throttle --probability 0.5",
      "half of all AWS calls are throttled; fault clear ends it",
    ],
    ["kubectl get entratenants,synccfg,gs,pt -A", "the Entra side: what is in sync, what waits for whom"],
    ["cloudsync-world membership corp.example.com on", "the portal's switch that the canary waits for"],
    [
      `kubectl annotate pt/${CANARY} cloudsync.dev/requested-at=1`,
      "the canary again: green, and the operator starts the job",
    ],
    ["cloudsync-world configurations; cloudsync-world groups corp.example.com", "Entra and AD as they truly are"],
    ["cloudsync-world quarantine corp.example.com", "the job in quarantine"],
    ["cloudsync-world log --limit 20", "the last calls that reached the world"],
    [`tail -f ${place}/up/operator.log`, "one line a decision"],
    [`curl -s ${metricsURL}`, "the operator's figures"],
    ["make down", "stops everything and forgets it"],
  ];
  const width = Math.max(...commands.map(([command]) => command.length));
  return ["", ...commands.map(([command, meaning]) => `  ${command.padEnd(width)}   # ${meaning}`), ""];
}
