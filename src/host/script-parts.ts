/**
 * Which shared parts a step's script stands on, beside the prelude: <name>-prelude.ps1 of src/host/powershell, in the order in which they follow it.
 * Guarantees: a document carries what its step needs and nothing more (SSM takes 64 KB), and what two steps share is reviewed once.
 */
import type { HostStepName } from "./contracts.ts";

export const SCRIPT_PARTS = [
  "windows",
  "secret",
  "account",
  "network",
  "agent",
  "child",
  "sign-in",
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
  Preflight: ["windows", "network"],
  Join: ["windows", "secret", "account"],
  Install: ["windows", "agent", "installer"],
  Register: ["windows", "secret", "agent", "child", "sign-in"],
  Configure: ["windows", "secret", "account", "network", "agent", "child"],
  Probe: ["windows", "network", "agent", "probe"],
  Drain: ["windows", "agent"],
  Proxy: ["windows", "agent", "pass-through", "agent-kind"],
  HostGroup: ["secret", "account", "directory", "computer"],
  Permissions: ["secret", "account", "directory", "access"],
  VendorPermissions: ["windows", "secret", "account", "agent", "child", "directory", "access"],
  ReadGroup: ["secret", "account", "directory"],
  RestartService: ["windows", "account", "agent", "pass-through", "agent-kind"],
  LeaveDomain: ["windows", "secret", "account", "agent", "directory", "computer", "computer-removal", "pass-through"],
  CleanUpPeer: ["windows", "secret", "account", "network", "directory", "computer", "computer-removal"],
  CollectDiagnostics: ["windows", "agent", "child", "pass-through"],
  PassThroughInstall: ["windows", "pass-through", "installer"],
  PassThroughRegister: ["windows", "secret", "agent", "child", "sign-in", "pass-through"],
  PassThroughProbe: ["windows", "network", "agent", "pass-through", "probe"],
};

export function partsOf(step: HostStepName): readonly ScriptPart[] {
  return PARTS[step] ?? [];
}
