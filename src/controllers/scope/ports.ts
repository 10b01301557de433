/** What the loops of scopes and assignments share within a process. */
import type { EntraLoopPorts } from "../entra-loop-ports.ts";
import { approvalTrust, type ApprovalTrust } from "../approval-trust.ts";
import { board, type Board } from "./board.ts";
import { directories, type Directories } from "./directory.ts";
import { ledgerStore, type LedgerStore } from "./ledger-store.ts";

export interface ScopePorts extends EntraLoopPorts {
  readonly board: Board;
  readonly directories: Directories;
  readonly ledgers: LedgerStore;
  readonly trust: ApprovalTrust;
}

export function scopePorts(ports: EntraLoopPorts): ScopePorts {
  return {
    ...ports,
    board: board(ports.clock),
    directories: directories(ports.entra.groups, ports.clock),
    ledgers: ledgerStore(ports.kube),
    trust: approvalTrust(ports),
  };
}
