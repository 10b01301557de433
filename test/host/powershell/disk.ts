/**
 * What stands on a scenario's host as real files, because the scripts read and write it by .NET calls that no stand-in sees: the configuration files of
 * the agents and of their updater, and the provisioning agent's trace. Everything is below the folder of one played scenario.
 */
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FurtherState, Scenario } from "../scenarios/scenario.ts";
import { FURTHER_STATES, STAGE_STATES } from "../scenarios/stages.ts";
import { SECRETS } from "./surroundings.ts";

export const PROGRAM_FILES = "ProgramFiles";
export const PROGRAM_DATA = "ProgramData";
export const TRACE = "trace-agent.log";

export type FileProxies = Pick<FurtherState["proxies"], "agent" | "passThrough" | "updater">;

const CONFIGURATIONS: Readonly<Record<keyof FileProxies, readonly [folder: string, file: string]>> = {
  agent: ["Microsoft Azure AD Connect Provisioning Agent", "AADConnectProvisioningAgent.exe.config"],
  passThrough: [
    "Microsoft Azure AD Connect Authentication Agent",
    "AzureADConnectAuthenticationAgentService.exe.config",
  ],
  updater: ["Microsoft Azure AD Connect Agent Updater", "AzureADConnectAgentUpdater.exe.config"],
};
const PLAIN = '<?xml version="1.0" encoding="utf-8"?>\n<configuration>\n  <runtime>\n  </runtime>\n</configuration>\n';
const SPOILT = "<configuration><runtime>";
/** Older than the services, which have therefore read them (state.ts). */
const AGE_MS = 3_600_000;
/** A script reads at most 5 MiB of a file. */
const LONG_BYTES = 5_500_000;

export function placeFiles(folder: string, { before, trouble }: Scenario): void {
  mkdirSync(join(folder, PROGRAM_FILES));
  const hasAgent = STAGE_STATES[before].agentVersion !== null;
  const hasPassThrough = FURTHER_STATES[before].passThrough !== null;
  const present = { agent: hasAgent, passThrough: hasPassThrough, updater: hasAgent || hasPassThrough };
  for (const [place, path] of configurations(folder)) {
    if (!present[place]) continue;
    const isSpoilt = trouble?.kind === "configurationMalformed" && place !== "updater";
    write(path, isSpoilt ? SPOILT : PLAIN);
  }
  if (hasAgent)
    write(join(folder, PROGRAM_DATA, "Microsoft", CONFIGURATIONS.agent[0], "Trace", TRACE), traceOf(trouble));
}

function traceOf(trouble: Scenario["trouble"]): string {
  const line = "stand-in: the agent runs\n";
  if (trouble?.kind === "longTrace") return line.repeat(Math.ceil(LONG_BYTES / line.length));
  return trouble?.kind === "loggedSecret" ? `${line}Connect password=${SECRETS.registration.value}\n` : line;
}

export function proxiesIn(folder: string): FileProxies {
  const found = configurations(folder).map(
    ([place, path]) => [place, existsSync(path) ? proxyOf(path) : null] as const,
  );
  return Object.fromEntries(found) as Readonly<Record<keyof FileProxies, string | null>>;
}

/** As the vendor's page has it: an attribute of the element `proxy`. */
function proxyOf(path: string): string | null {
  return /<proxy\s[^>]*\bproxyaddress="([^"]*)"/.exec(readFileSync(path, "utf8"))?.[1] ?? null;
}

function configurations(folder: string): readonly (readonly [place: keyof FileProxies, path: string])[] {
  return (["agent", "passThrough", "updater"] as const).map((place) => [
    place,
    join(folder, PROGRAM_FILES, ...CONFIGURATIONS[place]),
  ]);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const writtenAt = new Date(Date.now() - AGE_MS);
  utimesSync(path, writtenAt, writtenAt);
}
