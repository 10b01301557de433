/**
 * Brings commands to agents and writes down how they end.
 * Guarantees: an undelivered invocation ends by its delivery timeout, a silent one by the sum of both timeouts; until then a host that died
 * mid-run leaves it InProgress; what has ended stays as it is, whatever arrives late.
 * Never: knows what a script does.
 */
import type { WorldClock } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { Faults } from "../core/faults.ts";
import type { AgentConnections, RunEnd } from "./agent-port.ts";
import {
  CANCELLED,
  CANCELLING,
  DELAYED,
  DELIVERY_TIMED_OUT,
  EXECUTION_TIMED_OUT,
  FAILED,
  IN_PROGRESS,
  isTerminal,
  SUCCESS,
  UNDELIVERABLE,
  type Command,
  type Invocation,
  type Standing,
} from "./command.ts";
import type { NodeRegistry } from "./nodes.ts";

export interface DispatchDeps {
  readonly clock: WorldClock;
  readonly delays: Delays;
  readonly faults: Faults;
  readonly nodes: NodeRegistry;
  readonly agents: AgentConnections;
}

/** Run Command keeps history for 30 days (SSM User Guide); the world also bounds the number. */
const HISTORY_MS = 30 * 24 * 3_600_000;
const COMMANDS_MAX = 100_000;

export class Dispatch {
  readonly #deps: DispatchDeps;
  readonly #commands = new Map<string, Command>();
  readonly #waiting = new Map<string, Set<Invocation>>();
  readonly #timers = new Map<Invocation, () => void>();

  constructor(deps: DispatchDeps) {
    this.#deps = deps;
  }

  accept(command: Command): void {
    this.#forgetOld();
    this.#commands.set(command.commandID, command);
    const { clock, delays } = this.#deps;
    for (const invocation of command.invocations.values()) {
      this.#arm(invocation, command.deliveryTimeoutMs, () => this.#deliveryTimedOut(invocation));
      clock.schedule(delays.ms("ssm.delivery"), () => this.#attempt(invocation));
    }
  }

  command(commandID: string): Command | undefined {
    return this.#commands.get(commandID);
  }

  commands(): readonly Command[] {
    return [...this.#commands.values()];
  }

  /** An agent came (back): what waited for it is delivered. */
  agentConnected(instanceID: string): void {
    const waiting = this.#waiting.get(instanceID);
    if (waiting === undefined) return;
    this.#waiting.delete(instanceID);
    for (const invocation of waiting) this.#attempt(invocation);
  }

  ended(instanceID: string, commandID: string, end: RunEnd): void {
    const invocation = this.#commands.get(commandID)?.invocations.get(instanceID);
    if (invocation === undefined || isTerminal(invocation)) return;
    invocation.output = end.output;
    invocation.errorOutput = end.errorOutput;
    invocation.responseCode = end.kind === "exited" ? end.exitCode : -1;
    this.#end(invocation, standingOf(end));
  }

  cancel(command: Command, instanceIDs: readonly string[]): void {
    const asked = instanceIDs.length === 0 ? [...command.invocations.keys()] : instanceIDs;
    for (const instanceID of asked) {
      const invocation = command.invocations.get(instanceID);
      if (invocation === undefined || isTerminal(invocation)) continue;
      if (invocation.startedMs === undefined) {
        this.#end(invocation, CANCELLED);
        continue;
      }
      invocation.standing = CANCELLING;
      this.#deps.clock.schedule(this.#deps.delays.ms("ssm.delivery"), () => {
        if (!isTerminal(invocation)) this.#deps.agents.cancel(instanceID, command.commandID);
      });
    }
  }

  #attempt(invocation: Invocation): void {
    if (isTerminal(invocation) || invocation.startedMs !== undefined) return;
    const { instanceID, command } = invocation;
    if (!this.#deps.agents.isConnected(instanceID)) {
      invocation.standing = DELAYED;
      const waiting = this.#waiting.get(instanceID) ?? new Set();
      this.#waiting.set(instanceID, waiting.add(invocation));
      return;
    }
    const nowMs = this.#deps.clock.nowMs();
    invocation.standing = IN_PROGRESS;
    invocation.startedMs = nowMs;
    // SSM User Guide, "Understanding command timeout values": the total is the sum of both.
    const totalMs = command.deliveryTimeoutMs + command.executionTimeoutMs;
    this.#arm(invocation, command.requestedMs + totalMs - nowMs, () => this.#end(invocation, EXECUTION_TIMED_OUT));
    const message = {
      commandID: command.commandID,
      documentName: command.document.name,
      parameters: command.parameters,
      executionTimeoutMs: command.executionTimeoutMs,
    };
    const copies = this.#copies(invocation);
    for (let copy = 0; copy < copies; copy += 1) this.#deps.agents.deliver(instanceID, message);
  }

  #copies({ instanceID, command }: Invocation): number {
    const strike = this.#deps.faults.strike("duplicateDelivery", {
      service: "ssm",
      action: "SendCommand",
      facts: {
        instanceID: [instanceID],
        document: [command.document.name],
        comment: [command.comment],
        accountID: [command.accountID],
      },
    });
    return strike === undefined ? 1 : (strike.effect.copies ?? 2);
  }

  #deliveryTimedOut(invocation: Invocation): void {
    // "The node might not exist or might not be responding": told apart by whether it is still registered.
    const isKnown = this.#deps.nodes.view(invocation.instanceID) !== undefined;
    this.#end(invocation, isKnown ? DELIVERY_TIMED_OUT : UNDELIVERABLE);
  }

  #end(invocation: Invocation, standing: Standing): void {
    invocation.standing = standing;
    invocation.endedMs = this.#deps.clock.nowMs();
    this.#timers.get(invocation)?.();
    this.#timers.delete(invocation);
    const waiting = this.#waiting.get(invocation.instanceID);
    waiting?.delete(invocation);
    if (waiting?.size === 0) this.#waiting.delete(invocation.instanceID);
  }

  #arm(invocation: Invocation, delayMs: number, callback: () => void): void {
    this.#timers.get(invocation)?.();
    this.#timers.set(invocation, this.#deps.clock.schedule(Math.max(0, delayMs), callback));
  }

  #forgetOld(): void {
    const oldestMs = this.#deps.clock.nowMs() - HISTORY_MS;
    for (const [commandID, command] of this.#commands) {
      if (command.requestedMs >= oldestMs && this.#commands.size < COMMANDS_MAX) return;
      this.#commands.delete(commandID);
    }
  }
}

function standingOf(end: RunEnd): Standing {
  switch (end.kind) {
    case "exited":
      return end.exitCode === 0 ? SUCCESS : FAILED;
    case "timedOut":
      return EXECUTION_TIMED_OUT;
    case "cancelled":
      return CANCELLED;
  }
}
