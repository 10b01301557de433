/**
 * Plays a scenario in the simulated world, over SSM as the operator would.
 * Guarantees: the host is brought to its stage by the steps themselves and is seen to be there before the scenario begins; what is compared is the world's truth.
 */
import { DEFAULT_DOMAINS } from "../../../sim/src/layout/domains.ts";
import { Bench, type Line } from "../../../sim/src/hosts/test-bench.ts";
import {
  CONFIGURE,
  DOMAIN,
  HOST_GROUP,
  INSTALL,
  JOIN,
  REGISTER,
  SETUP_SECRET,
  TOKEN_SECRET,
} from "../../../sim/src/hosts/test-steps.ts";
import type { HostState, Scenario, ScenarioStep, Stage } from "./scenario.ts";
import { COMPUTER } from "./stages.ts";
import { troubledLayout } from "./world-trouble.ts";

export interface Played {
  readonly line: Line;
  readonly before: HostState;
  readonly after: HostState;
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
};
const TOWARDS: Readonly<Record<Stage, readonly ScenarioStep[]>> = {
  fresh: [],
  joined: ["Join"],
  installed: ["Join", "Install"],
  registered: ["Join", "Install", "Register"],
  configured: ["Join", "Install", "Register", "Configure"],
  drained: ["Join", "Install", "Register", "Configure", "Drain"],
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
  const before = stateOf(bench, instanceID);
  if (trouble?.kind === "controllersDown") setControllers(bench, false);
  if (trouble?.kind === "entraUnreachable") bench.guests.control.setTenantReachable(REGISTER.tenantID, false);
  if (trouble?.kind === "installerBusy") {
    bench.faults.add({ service: "host", action: "Install", times: 1, effect: { kind: "hostExit", exitCode: 1618 } });
  }
  const line = runAll(bench, instanceID, scenario);
  if (trouble?.kind === "controllersDown") setControllers(bench, true);
  return { line, before, after: stateOf(bench, instanceID), bench };
}

function runAll(
  bench: Bench,
  instanceID: string,
  { step, runs = 1, repeats, interruption, parameters }: Scenario,
): Line {
  const given = resolved({ ...FITTING[step], ...parameters });
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

/** The words `setup` and `token` of the table stand for the secrets of the layout. */
function resolved(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const token = parameters["mode"] === "AccessToken" ? { secretARN: TOKEN_SECRET } : {};
  const setup = parameters["setupSecretARN"] === "setup" ? { setupSecretARN: SETUP_SECRET } : {};
  return { ...parameters, ...token, ...setup };
}

function setControllers(bench: Bench, isUp: boolean): void {
  const domain = DEFAULT_DOMAINS.domains.find(({ dnsName }) => dnsName === DOMAIN);
  for (const { name } of domain?.controllers ?? []) bench.guests.control.setControllerUp(DOMAIN, name, isUp);
}

export function stateOf(bench: Bench, instanceID: string): HostState {
  const truth = bench.guests.control.truth(instanceID);
  const domain = bench.guests.control.domainTruth(DOMAIN);
  if (truth === undefined || domain === undefined) throw new Error("the world has lost its host or domain");
  const members = domain.groupMembers[HOST_GROUP] ?? domain.groupMembers[HOST_GROUP.toLowerCase()] ?? [];
  return {
    computerName: truth.computerName,
    domain: truth.joinedDomain,
    agentVersion: truth.installedVersion,
    agentService: truth.serviceState,
    serviceAccount: truth.serviceAccount,
    tenantID: truth.registeredTenantID,
    configuredDomains: truth.configuredDomains,
    isHostGroupMember: members.some((name) => name.toLowerCase() === truth.computerName.toLowerCase()),
    lockedAccounts: domain.lockedAccounts,
  };
}
