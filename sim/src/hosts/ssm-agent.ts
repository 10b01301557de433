/**
 * The SSM agent of one powered-on host: connects, runs at most five commands at once, keeps what is unfinished on the disk and goes on
 * with it after a restart; exit code 3010 restarts the host and runs the same script again (SSM User Guide, "Rebooting managed nodes from scripts").
 * Never: reports a command that is to run again; runs one command more often than its retry limit.
 */
import type { WorldDice } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { MachineDirectory } from "../core/machine.ts";
import type { AgentReports, CommandMessage, RunEnd } from "../ssm/agent-port.ts";
import type { HostDirectory } from "./directory.ts";
import type { UnfinishedCommand } from "./disk.ts";
import { jittered, type Host, type Session } from "./host.ts";
import type { ScriptEnd, StartScript } from "./script.ts";

/** amazon-ssm-agent, agent/appconfig/constants.go: DefaultCommandWorkersLimit, DefaultCommandRetryLimit. */
const RUNNING_MAX = 5;
const RUNS_MAX = 15;
/** SSM User Guide, "Rebooting managed nodes from scripts". */
const REBOOT_EXIT_CODE = 3010;

export interface SSMAgentParts {
  readonly dice: WorldDice;
  readonly delays: Delays;
  readonly machines: MachineDirectory;
  readonly directory: HostDirectory;
  readonly reports: AgentReports;
  readonly startScript: StartScript;
}

interface Run {
  readonly command: UnfinishedCommand;
  end(end: RunEnd): void;
  /** The agent goes away: the script ends with it, and nothing is reported. */
  stop(): void;
}

export class SSMAgent {
  readonly #host: Host;
  readonly #session: Session;
  readonly #parts: SSMAgentParts;
  readonly #queue: UnfinishedCommand[] = [];
  readonly #running = new Set<Run>();
  #isStarted = false;

  constructor(host: Host, session: Session, parts: SSMAgentParts) {
    this.#host = host;
    this.#session = session;
    this.#parts = parts;
  }

  get isConnected(): boolean {
    return this.#isStarted && !this.#session.isFrozen && this.#host.session === this.#session;
  }

  /** Looks for credentials; without them it sleeps and looks again (agent, core/app/credentialrefresher). */
  start(): void {
    const { delays, dice } = this.#parts;
    this.#session.timers.after(jittered(delays.ms("host.agentStart"), dice), () => this.#tryCredentials());
  }

  /** As its service restarts after an update: silent for a while, then it goes on with what is unfinished. */
  restart(): void {
    this.#isStarted = false;
    this.#parts.reports.disconnected(this.#host.machine.instanceID);
    for (const run of this.#running) run.stop();
    this.#running.clear();
    this.#queue.length = 0;
    this.start();
  }

  deliver(message: CommandMessage): void {
    const command: UnfinishedCommand = { message, runs: 0 };
    this.#host.disk.unfinished.add(command);
    this.#queue.push(command);
    this.#next();
  }

  cancel(commandID: string): void {
    const isWanted = ({ message }: UnfinishedCommand): boolean => message.commandID === commandID;
    for (const command of this.#queue.filter(isWanted)) {
      this.#queue.splice(this.#queue.indexOf(command), 1);
      this.#finish(command, { kind: "cancelled", output: "", errorOutput: "" });
    }
    for (const run of [...this.#running].filter(({ command }) => isWanted(command))) {
      run.end({ kind: "cancelled", output: "", errorOutput: "" });
    }
  }

  announce(): void {
    const { machine, disk } = this.#host;
    const image = this.#parts.directory.image(machine.imageID);
    this.#parts.reports.connected(machine.instanceID, {
      computerName: disk.domain === undefined ? disk.computerName : `${disk.computerName}.${disk.domain}`,
      agentVersion: ssmAgentVersion(this.#host, this.#parts.directory),
      ipAddress: machine.privateIPAddress,
      ...platform(image?.platform),
    });
  }

  #tryCredentials(): void {
    const { machines, delays, dice } = this.#parts;
    const machine = machines.machine(this.#host.machine.instanceID);
    if (machine?.instanceProfileARN === undefined) {
      const sleepMs = Math.max(1, jittered(delays.ms("host.credentialSleep"), dice));
      this.#session.timers.after(sleepMs, () => this.#tryCredentials());
      return;
    }
    this.#host.machine = machine;
    this.#isStarted = true;
    this.announce();
    this.#queue.push(...[...this.#host.disk.unfinished].filter((command) => !this.#queue.includes(command)));
    this.#next();
  }

  #next(): void {
    while (this.#isStarted && this.#running.size < RUNNING_MAX) {
      const command = this.#queue.shift();
      if (command === undefined) return;
      this.#run(command);
    }
  }

  #run(command: UnfinishedCommand): void {
    // Moved to the folder of corrupt documents: nothing is reported, the service's timeouts end it.
    if (command.runs >= RUNS_MAX) return void this.#host.disk.unfinished.delete(command);
    command.runs += 1;
    const stops: (() => void)[] = [];
    const run: Run = {
      command,
      end: (end) => {
        if (!this.#running.delete(run)) return;
        run.stop();
        this.#finish(command, end);
        this.#next();
      },
      stop: () => {
        for (const stop of stops) stop();
      },
    };
    this.#running.add(run);
    const { executionTimeoutMs } = command.message;
    const stopTimer = this.#session.timers.after(executionTimeoutMs, () =>
      run.end({ kind: "timedOut", output: "", errorOutput: "Script timed out" }),
    );
    stops.push(stopTimer);
    stops.push(this.#parts.startScript(this.#host, command.message, (end) => this.#scriptEnded(run, end)));
  }

  #scriptEnded(run: Run, end: ScriptEnd): void {
    if (!this.#running.has(run)) return;
    if (end.exitCode === REBOOT_EXIT_CODE) {
      this.#parts.machines.guestReboot(this.#host.machine.instanceID);
      return;
    }
    run.end({ kind: "exited", ...end });
  }

  #finish(command: UnfinishedCommand, end: RunEnd): void {
    this.#host.disk.unfinished.delete(command);
    this.#parts.reports.ended(this.#host.machine.instanceID, command.message.commandID, end);
  }
}

/** What an update installed, or what came with the image. */
export function ssmAgentVersion({ disk, machine }: Host, directory: HostDirectory): string {
  return disk.ssmAgentVersion ?? directory.image(machine.imageID)?.ssmAgentVersion ?? "3.3.3050.0";
}

function platform(name: string | undefined): { readonly platformName: string; readonly platformVersion: string } {
  switch (name) {
    case "WindowsServer2025":
      return { platformName: "Microsoft Windows Server 2025 Datacenter", platformVersion: "10.0.26100" };
    case "Linux":
      return { platformName: "Amazon Linux", platformVersion: "2023" };
    default:
      return { platformName: "Microsoft Windows Server 2022 Datacenter", platformVersion: "10.0.20348" };
  }
}
