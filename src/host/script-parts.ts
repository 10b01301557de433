/**
 * Which shared parts a step's script stands on, beside the prelude: <name>-prelude.ps1 of src/host/powershell, in the order in which they follow it.
 * Guarantees: a document carries what its step needs and nothing more (SSM takes 64 KB), and what two steps share is reviewed once.
 */
import type { HostStepName } from "./contracts.ts";

export const SCRIPT_PARTS = [
  "directory",
  "computer",
  "computer-removal",
  "access",
  "pass-through",
  "agent-kind",
  "installer",
  "probe",
] as const;
export type ScriptPart = (typeof SCRIPT_PARTS)[number];

const PARTS: Readonly<Partial<Record<HostStepName, readonly ScriptPart[]>>> = {
  Install: ["installer"],
  Probe: ["probe"],
  Proxy: ["pass-through", "agent-kind"],
  HostGroup: ["directory", "computer"],
  Permissions: ["directory", "access"],
  VendorPermissions: ["directory", "access"],
  ReadGroup: ["directory"],
  RestartService: ["pass-through", "agent-kind"],
  LeaveDomain: ["directory", "computer", "computer-removal", "pass-through"],
  CleanUpPeer: ["directory", "computer", "computer-removal"],
  CollectDiagnostics: ["pass-through"],
  PassThroughInstall: ["pass-through", "installer"],
  PassThroughRegister: ["pass-through"],
  PassThroughProbe: ["pass-through", "probe"],
};

export function partsOf(step: HostStepName): readonly ScriptPart[] {
  return PARTS[step] ?? [];
}
