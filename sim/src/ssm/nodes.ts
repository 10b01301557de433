/**
 * The managed nodes as the service knows them. Guarantees: a ping is what a connected agent's heartbeat would have sent by now: no timers,
 * so a world at rest has nothing to do. Never: asks a host anything.
 */
import type { WorldClock, WorldDice } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { Listed } from "./paging.ts";
import type { AgentIdentity } from "./agent-port.ts";

interface Connection {
  readonly sinceMs: number;
  /** Share of the heartbeat that passes before the second ping. */
  readonly offset: number;
}

interface Node extends Listed {
  readonly instanceID: string;
  readonly registeredMs: number;
  identity: AgentIdentity;
  connection: Connection | undefined;
  lastPingMs: number;
  terminatedMs: number | undefined;
}

export interface NodeView extends Listed {
  readonly instanceID: string;
  readonly identity: AgentIdentity;
  readonly registeredMs: number;
  readonly lastPingMs: number;
  readonly pingStatus: "Online" | "ConnectionLost";
  readonly isConnected: boolean;
}

export class NodeRegistry {
  readonly #clock: WorldClock;
  readonly #dice: WorldDice;
  readonly #delays: Delays;
  readonly #nodes = new Map<string, Node>();
  #sequence = 0;

  constructor({ clock, dice, delays }: { clock: WorldClock; dice: WorldDice; delays: Delays }) {
    this.#clock = clock;
    this.#dice = dice;
    this.#delays = delays;
  }

  connected(instanceID: string, identity: AgentIdentity): void {
    const nowMs = this.#clock.nowMs();
    const known = this.#nodes.get(instanceID);
    const connection = { sinceMs: nowMs, offset: this.#dice() };
    if (known !== undefined) {
      Object.assign(known, { identity, connection, lastPingMs: nowMs });
      return;
    }
    this.#sequence += 1;
    const node: Node = {
      instanceID,
      sequence: this.#sequence,
      registeredMs: nowMs,
      identity,
      connection,
      lastPingMs: nowMs,
      terminatedMs: undefined,
    };
    this.#nodes.set(instanceID, node);
  }

  disconnected(instanceID: string): void {
    const node = this.#nodes.get(instanceID);
    if (node === undefined) return;
    node.lastPingMs = this.#lastPingMs(node);
    node.connection = undefined;
  }

  terminated(instanceID: string): void {
    this.disconnected(instanceID);
    const node = this.#nodes.get(instanceID);
    if (node !== undefined) node.terminatedMs = this.#clock.nowMs();
  }

  /** `undefined`: never registered, or terminated long enough ago. */
  view(instanceID: string): NodeView | undefined {
    const node = this.#nodes.get(instanceID);
    if (node === undefined) return undefined;
    const nowMs = this.#clock.nowMs();
    if (node.terminatedMs !== undefined && nowMs - node.terminatedMs >= this.#delays.ms("ssm.terminatedListed")) {
      this.#nodes.delete(instanceID);
      return undefined;
    }
    const lastPingMs = this.#lastPingMs(node);
    const isLost = nowMs - lastPingMs >= this.#delays.ms("ssm.connectionLostAfter");
    return {
      instanceID,
      sequence: node.sequence,
      identity: node.identity,
      registeredMs: node.registeredMs,
      lastPingMs,
      pingStatus: isLost ? "ConnectionLost" : "Online",
      isConnected: node.connection !== undefined,
    };
  }

  list(): readonly NodeView[] {
    return [...this.#nodes.keys()].flatMap((instanceID) => this.view(instanceID) ?? []);
  }

  #lastPingMs({ connection, lastPingMs }: Node): number {
    if (connection === undefined) return lastPingMs;
    const heartbeatMs = Math.max(1, this.#delays.ms("ssm.heartbeat"));
    const secondMs = connection.sinceMs + connection.offset * heartbeatMs;
    const sinceSecondMs = this.#clock.nowMs() - secondMs;
    if (sinceSecondMs < 0) return connection.sinceMs;
    return Math.floor(secondMs + Math.floor(sinceSecondMs / heartbeatMs) * heartbeatMs);
  }
}
