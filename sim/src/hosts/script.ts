/**
 * Runs a document's script on a host: the product's steps by their document name, a few plain PowerShell lines for everybody else.
 * Guarantees: a step's effect happens at one instant; a step that came twice answers with its first result; scripts that change
 * something run one at a time (machine-wide lock). Never: an effect after the run was stopped or the power went.
 */
import type { WorldClock, WorldDice } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { CommandMessage } from "../ssm/agent-port.ts";
import type { Contracts } from "./contracts.ts";
import type { HostDirectory } from "./directory.ts";
import { storeResult } from "./disk.ts";
import type { Host } from "./host.ts";
import type { HostFaults } from "./host-faults.ts";
import { runPlainLines } from "./plain-script.ts";
import { passesParameters, UPDATE_DOCUMENT, updateAgent } from "./ssm-agent-update.ts";
import { STEPS } from "./steps/steps.ts";
import { failed, STEP_NAMES, type Step, type StepContext, type StepName, type StepEnd } from "./steps/step.ts";
import type { StepRecord } from "./truth.ts";

export interface ScriptEnd {
  readonly exitCode: number;
  readonly output: string;
  readonly errorOutput: string;
}
export type ScriptEnded = (end: ScriptEnd) => void;
/** Starts a script; the returned function kills it. */
export type StartScript = (host: Host, message: CommandMessage, ended: ScriptEnded) => () => void;

export interface ScriptParts {
  readonly clock: WorldClock;
  readonly dice: WorldDice;
  readonly delays: Delays;
  readonly directory: HostDirectory;
  readonly contracts: Contracts;
  readonly faults: HostFaults;
  /** Machine-wide lock of the running session. */
  readonly lock: (host: Host, entered: () => void) => () => void;
  /** Ends the SSM agent's service and starts it again. */
  readonly restartAgent: (host: Host) => void;
  readonly record: (host: Host, record: StepRecord) => void;
}

/** Restarts that one operation may ask for: a host never restarts for ever. */
const REBOOTS_MAX = 5;
const NOTHING = (): void => undefined;

export function scriptStarter(parts: ScriptParts): StartScript {
  return (host, message, ended) => {
    if (message.documentName === UPDATE_DOCUMENT) return updateAgent(parts, { host, message, ended });
    const step = stepOf(message.documentName);
    if (step !== undefined && !passesParameters(host, parts.directory)) return runWithoutParameters(parts, host, ended);
    if (step !== undefined) return new StepRun(parts, { host, message, step, ended }).start();
    const timers = host.session?.timers;
    if (timers === undefined) return () => undefined;
    return timers.after(parts.delays.ms("host.script"), () => ended(runPlainLines(host, message)));
  };
}

function runWithoutParameters({ delays }: ScriptParts, host: Host, ended: ScriptEnded): () => void {
  const errorOutput = "The script found none of its parameters.";
  return (
    host.session?.timers.after(delays.ms("host.script"), () => ended({ exitCode: 1, output: "", errorOutput })) ??
    NOTHING
  );
}

/** `CloudSync-<Step>-<hash>`. */
function stepOf(documentName: string): StepName | undefined {
  const name = /^CloudSync-([A-Za-z]+)(-|$)/.exec(documentName)?.[1];
  return STEP_NAMES.find((step) => step === name);
}

interface RunOf {
  readonly host: Host;
  readonly message: CommandMessage;
  readonly step: StepName;
  readonly ended: ScriptEnded;
}

class StepRun {
  readonly #parts: ScriptParts;
  readonly #run: RunOf;
  readonly #parameters: Readonly<Record<string, string>>;
  readonly #undo: (() => void)[] = [];
  #isOver = false;
  #startedMs = 0;
  /** How the run's record calls its end when the power takes it away. */
  #lastWord = "stopped";

  constructor(parts: ScriptParts, run: RunOf) {
    this.#parts = parts;
    this.#run = run;
    const single = Object.entries(run.message.parameters).map(([name, values]) => [name, values[0] ?? ""] as const);
    this.#parameters = Object.fromEntries(single.filter(([name]) => name !== "executionTimeout"));
  }

  start(): () => void {
    const { host, step } = this.#run;
    const stop = (): void => this.#close(this.#lastWord);
    host.session?.onEnd.add(stop);
    this.#undo.push(() => host.session?.onEnd.delete(stop));
    if (STEPS[step].takesLock) this.#undo.push(this.#parts.lock(host, () => this.#enter()));
    else this.#enter();
    return stop;
  }

  #enter(): void {
    if (this.#isOver || this.#run.host.session === undefined) return;
    this.#startedMs = this.#parts.clock.nowMs();
    const { host, step } = this.#run;
    const stored = host.disk.results.get(this.#operationID);
    if (stored !== undefined) {
      this.#after("host.recheck", 0, () => this.#print(stored.exitCode, stored.output, "repeated"));
      return;
    }
    const problem = this.#parts.contracts[step].parametersProblem(this.#parameters);
    if (problem !== undefined) {
      this.#after("host.recheck", 0, () => this.#finish(badParameters(problem)));
      return;
    }
    this.#work(STEPS[step]);
  }

  #work(step: Step): void {
    const context = this.#context();
    const { faults } = this.#parts;
    const { host, step: name } = this.#run;
    const isDone = step.isDone(context);
    if (!isDone && step.begin !== undefined) this.#undo.push(step.begin(context));
    const slowMs = faults.slowMs(host, name);
    if (faults.strikesDown(host, name, "before")) return;
    this.#after(isDone ? "host.recheck" : `host.step.${name}`, slowMs, () => this.#takeEffect(step));
  }

  #takeEffect(step: Step): void {
    const { host, step: name } = this.#run;
    const exitCode = this.#parts.faults.exitCode(host, name);
    if (exitCode !== undefined && exitCode !== 3010) {
      this.#crash(exitCode);
      return;
    }
    const outcome = step.run(this.#context());
    if (outcome.kind === "reboot" || (exitCode === 3010 && outcome.kind === "succeeded")) this.#reboot();
    else this.#finish(outcome);
  }

  #reboot(): void {
    const { rebootCounts } = this.#run.host.disk;
    const count = (rebootCounts.get(this.#operationID) ?? 0) + 1;
    if (count > REBOOTS_MAX) {
      this.#finish(
        failed("Transient", "RebootLimitReached", [
          `${REBOOTS_MAX} restarts did not end it.`,
          "Read the host's event log.",
        ]),
      );
      return;
    }
    rebootCounts.set(this.#operationID, count);
    if (this.#parts.faults.strikesDown(this.#run.host, this.#run.step, "after")) return;
    this.#lastWord = "reboot";
    // The restart ends this run and whatever waits for the lock behind it: nothing else may enter before.
    this.#run.ended({ exitCode: 3010, output: "", errorOutput: "" });
    this.#close("reboot");
  }

  #crash(exitCode: number): void {
    if (exitCode === 1618) {
      this.#finish(failed("Transient", "AnotherInstallRuns", ["msiexec exit code 1618.", "Try again later."]));
      return;
    }
    this.#close("crashed");
    this.#run.ended({ exitCode, output: "", errorOutput: `The script ended with exit code ${exitCode}.` });
  }

  #finish(outcome: StepEnd): void {
    const { host, step } = this.#run;
    const line = {
      step,
      operationID: this.#operationID,
      outcome: outcome.kind === "succeeded" ? "Succeeded" : "Failed",
      changed: outcome.changed,
      ...(outcome.kind === "succeeded" ? { facts: outcome.facts } : { error: outcome.error }),
    };
    if (outcome.kind === "succeeded" || outcome.error.reason !== "InvalidParameters") {
      this.#parts.contracts[step].checkResult(line);
    }
    const exitCode = outcome.kind === "succeeded" ? 0 : 1;
    const output = JSON.stringify(line);
    if (this.#operationID !== "") storeResult(host.disk, this.#operationID, { exitCode, output });
    if (this.#parts.faults.strikesDown(host, step, "after")) return;
    const word = outcome.kind === "succeeded" ? "succeeded" : outcome.error.reason;
    // A host that hangs now has done its work and says nothing until it thaws.
    if (host.isFrozen)
      this.#undo.push(host.session?.timers.after(0, () => this.#print(exitCode, output, word)) ?? NOTHING);
    else this.#print(exitCode, output, word);
  }

  #print(exitCode: number, output: string, word: string): void {
    this.#close(word);
    this.#run.ended({ exitCode, output: `${output}\n`, errorOutput: "" });
  }

  #close(word: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const undo of this.#undo.reverse()) undo();
    const { host, step } = this.#run;
    const endedMs = this.#parts.clock.nowMs();
    const operationID = this.#operationID;
    this.#parts.record(host, { step, operationID, startedMs: this.#startedMs, endedMs, result: word });
  }

  #after(delayName: string, extraMs: number, callback: () => void): void {
    const cancel = this.#run.host.session?.timers.after(this.#parts.delays.ms(delayName) + extraMs, () => {
      if (!this.#isOver) callback();
    });
    if (cancel !== undefined) this.#undo.push(cancel);
  }

  #context(): StepContext {
    const { host } = this.#run;
    const { clock, dice, directory } = this.#parts;
    const rebootCount = host.disk.rebootCounts.get(this.#operationID) ?? 0;
    return { host, parameters: this.#parameters, directory, clock, dice, rebootCount };
  }

  get #operationID(): string {
    return this.#parameters["operationID"] ?? "";
  }
}

function badParameters(problem: string): StepEnd {
  return {
    kind: "failed",
    changed: false,
    error: {
      class: "Permanent",
      reason: "InvalidParameters",
      message: problem.slice(0, 300),
      fix: "Send what contracts/host declares.",
    },
  };
}
