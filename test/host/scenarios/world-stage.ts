/**
 * What stands beside a host in the simulated world, and what befalls it once it has reached its stage.
 * Guarantees: a trouble that would keep the host from its stage comes only after it.
 */
import { DEFAULT_DOMAINS } from "../../../sim/src/layout/domains.ts";
import type { Bench } from "../../../sim/src/hosts/test-bench.ts";
import { DOMAIN, HOST_GROUP, JOIN, REGISTER } from "../../../sim/src/hosts/test-steps.ts";
import type { Beside, Scenario, Trouble } from "./scenario.ts";
import { COMPUTER, PEER } from "./stages.ts";

/** A peer has been in the domain for a while. */
const LIFE_MS = 30 * 60_000;
/** Lines of a trace that no archive takes whole. */
const TRACE_LINES = 1_200;
const CONTROLLERS = DEFAULT_DOMAINS.domains.find(({ dnsName }) => dnsName === DOMAIN)?.controllers ?? [];

/** An object alone is in the layout already. */
export function joinPeer(bench: Bench, beside: Beside | undefined): void {
  if (beside === undefined || beside === "computer") return;
  const peer = joinAs(bench, { id: "2", computerName: PEER });
  bench.clock.advance(LIFE_MS);
  if (beside === "deadPeer") bench.end(peer, "terminate");
}

function joinAs(bench: Bench, { id, computerName }: { readonly id: string; readonly computerName: string }): string {
  const instanceID = bench.online(id);
  const line = bench.run("Join", instanceID, { ...JOIN, computerName });
  if (line.outcome !== "Succeeded") throw new Error(`the stage is out of reach: ${JSON.stringify(line)}`);
  return instanceID;
}

export function befall(bench: Bench, instanceID: string, { step, trouble }: Scenario): void {
  const { control } = bench.guests;
  switch (trouble?.kind) {
    case "controllersDown":
      for (const { name } of CONTROLLERS) control.setControllerUp(DOMAIN, name, false);
      return;
    case "oneControllerDown":
      for (const { name } of CONTROLLERS.slice(1)) control.setControllerUp(DOMAIN, name, false);
      return;
    case "entraUnreachable":
      control.setTenantReachable(REGISTER.tenantID, false);
      return;
    case "installerBusy":
      bench.faults.add({ service: "host", action: step, times: 1, effect: { kind: "hostExit", exitCode: 1618 } });
      return;
    case "takenOver":
      joinAs(bench, { id: "9", computerName: COMPUTER });
      return;
    case "longTrace":
      for (let line = 0; line < TRACE_LINES; line += 1) control.writeTrace(instanceID, `line ${line}`);
      return;
    case "loggedSecret":
      control.writeTrace(instanceID, "Connect password=planted-trace-7c1e9f3b");
      return;
    case "serviceDisabled":
      control.disableService(instanceID);
      return;
    case "serviceAccountLost":
      if (trouble.by === "logonPolicy") control.denyServiceLogon(DOMAIN, "gmsaCloudSync$");
      else control.removeGroupMember(DOMAIN, HOST_GROUP, COMPUTER);
      return;
    case "ailment":
      control.ail(instanceID, trouble.is);
      return;
    case "membership":
      if (trouble.is === "left") control.leaveDomain(instanceID);
      else control.deleteComputer(DOMAIN, COMPUTER);
      return;
    case "configurationMalformed":
      control.spoilConfiguration(instanceID);
      return;
    default:
  }
}

/** Controllers come back, so that the domain can be read as it was left. */
export function relieve(bench: Bench, trouble: Trouble | undefined): void {
  if (trouble?.kind !== "controllersDown" && trouble?.kind !== "oneControllerDown") return;
  for (const { name } of CONTROLLERS) bench.guests.control.setControllerUp(DOMAIN, name, true);
}
