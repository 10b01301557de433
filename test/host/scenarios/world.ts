/**
 * Plays a scenario in the simulated world, over SSM as the operator would.
 * Guarantees: the host is brought to its stage by the steps themselves and is seen to be there before the scenario begins; what is compared is the world's truth.
 */
import { Bench, type Line } from "../../../sim/src/hosts/test-bench.ts";
import {
  CONFIGURE,
  DIAGNOSTICS,
  DOMAIN,
  HOST_GROUP_MEMBER,
  INSTALL,
  JOIN,
  LEAVE,
  PASS_THROUGH_INSTALL,
  PASS_THROUGH_REGISTER,
  PERMISSIONS,
  PROXY,
  READ_GROUP,
  REGISTER,
  SETUP_SECRET,
  TOKEN_SECRET,
  VENDOR_PERMISSIONS,
} from "../../../sim/src/hosts/test-steps.ts";
import type { FurtherState, HostState, Scenario, ScenarioStep, Stage } from "./scenario.ts";
import { COMPUTER, PEER } from "./stages.ts";
import { furtherStateOf, stateOf } from "./world-state.ts";
import { befall, joinPeer, relieve } from "./world-stage.ts";
import { troubledLayout } from "./world-trouble.ts";

export interface Played {
  readonly line: Line;
  readonly before: HostState;
  readonly after: HostState;
  readonly furtherBefore: FurtherState;
  readonly furtherAfter: FurtherState;
  /** Everything that the world could see: the bench is asked for more by the scan for secrets. */
  readonly bench: Bench;
}

/** Parameters that fit the world's default layout. */
export const FITTING: Readonly<Record<ScenarioStep, Readonly<Record<string, string>>>> = {
  Preflight: { domainName: DOMAIN, domainControllers: "", tenantCloud: "Public" },
  Join: { ...JOIN, computerName: COMPUTER },
  Install: INSTALL,
  Register: REGISTER,
  Configure: CONFIGURE,
  Probe: {},
  Drain: {},
  Proxy: PROXY,
  HostGroup: { ...HOST_GROUP_MEMBER, computerName: PEER },
  Permissions: PERMISSIONS,
  VendorPermissions: VENDOR_PERMISSIONS,
  ReadGroup: READ_GROUP,
  RestartService: { agentKind: "Provisioning" },
  LeaveDomain: { ...LEAVE, computerName: COMPUTER },
  CleanUpPeer: { ...LEAVE, computerName: PEER, deadSince: "now" },
  CollectDiagnostics: DIAGNOSTICS,
  PassThroughInstall: PASS_THROUGH_INSTALL,
  PassThroughRegister: PASS_THROUGH_REGISTER,
  PassThroughProbe: {},
  ProveSecretDenied: { secretARNs: SETUP_SECRET },
};
const TOWARDS: Readonly<Record<Stage, readonly ScenarioStep[]>> = {
  fresh: [],
  joined: ["Join"],
  installed: ["Join", "Install"],
  registered: ["Join", "Install", "Register"],
  configured: ["Join", "Install", "Register", "Configure"],
  drained: ["Join", "Install", "Register", "Configure", "Drain"],
  passThroughInstalled: ["Join", "PassThroughInstall"],
  passThroughRegistered: ["Join", "PassThroughInstall", "PassThroughRegister"],
};
const AWAKE_MS = 20 * 60_000;

export function playInWorld(scenario: Scenario): Played {
  const { trouble } = scenario;
  const bench = new Bench({ layout: troubledLayout(scenario) });
  const instanceID = bench.online("1");
  for (const step of TOWARDS[scenario.before]) {
    const line = bench.run(step, instanceID, FITTING[step]);
    if (line.outcome !== "Succeeded") throw new Error(`the stage is out of reach: ${JSON.stringify(line)}`);
  }
  joinPeer(bench, scenario.beside);
  const before = stateOf(bench, instanceID);
  const furtherBefore = furtherStateOf(bench, instanceID);
  befall(bench, instanceID, scenario);
  const line = runAll(bench, instanceID, scenario);
  relieve(bench, trouble);
  const after = stateOf(bench, instanceID);
  return { line, before, after, furtherBefore, furtherAfter: furtherStateOf(bench, instanceID), bench };
}

function runAll(
  bench: Bench,
  instanceID: string,
  { step, runs = 1, repeats, interruption, parameters }: Scenario,
): Line {
  const given = resolved(bench, { ...FITTING[step], ...parameters });
  const operationID = bench.operationID();
  let line: Line | undefined;
  for (let run = 0; run < runs; run += 1) {
    const id = repeats === true ? operationID : bench.operationID();
    if (run === 0 && interruption?.kind === "power") {
      interrupted(bench, instanceID, { step, parameters: { ...given, operationID: id }, when: interruption.when });
    } else line = bench.run(step, instanceID, { ...given, operationID: id });
  }
  if (line === undefined) throw new Error("a scenario has at least one run that ends");
  return line;
}

/** The host goes down in the middle; somebody starts it again, and its command is given up before the next one is sent. */
function interrupted(
  bench: Bench,
  instanceID: string,
  {
    step,
    parameters,
    when,
  }: {
    readonly step: ScenarioStep;
    readonly parameters: Readonly<Record<string, string>>;
    readonly when: "before" | "after";
  },
): void {
  bench.faults.add({ service: "host", action: step, times: 1, effect: { kind: "hostDeath", when } });
  const commandID = bench.send(step, [instanceID], parameters);
  bench.clock.advance(AWAKE_MS);
  bench.call("CancelCommand", { CommandId: commandID });
  bench.start(instanceID);
  bench.clock.advance(AWAKE_MS);
}

/** The words `setup` and `token` of the table stand for the secrets of the layout, `now` and minutes from there for instants. */
function resolved(bench: Bench, parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const token = parameters["mode"] === "AccessToken" || parameters["secretARN"] === "token";
  return {
    ...parameters,
    ...(token ? { secretARN: TOKEN_SECRET } : {}),
    ...(parameters["setupSecretARN"] === "setup" ? { setupSecretARN: SETUP_SECRET } : {}),
    ...instant(bench, parameters["deadSince"]),
  };
}

function instant(bench: Bench, word = ""): { readonly deadSince?: string } {
  const minutes = /^now([+-]\d+)?$/.exec(word);
  if (minutes === null) return {};
  const atMs = bench.clock.nowMs() + Number(minutes[1] ?? 0) * 60_000;
  return { deadSince: new Date(atMs).toISOString().replace(/\.\d+/, "") };
}
