/** A small EC2 for tests of hosts: powers machines at once, no networks. Used by tests of this part of the world only. */
import { createHash } from "node:crypto";
import type { Operation } from "../core/call.ts";
import { seededDice, virtualClock, type VirtualClock } from "../core/clock.ts";
import { DelayTable, type DelayPreset } from "../core/delays.ts";
import { FaultTable } from "../core/faults.ts";
import type { Machine, MachineDirectory } from "../core/machine.ts";
import { DEFAULT_IMAGES } from "../layout/default.ts";
import { DEFAULT_DOMAINS, type DomainLayout } from "../layout/domains.ts";
import { DEFAULT_INSTALLERS } from "../layout/installers.ts";
import { DEFAULT_SECRETS } from "../layout/secrets.ts";
import { DEFAULT_TENANTS } from "../layout/tenants.ts";
import type { HostsLayout } from "./directory.ts";
import { WINDOWS_GUESTS, windowsGuests, type WindowsGuests } from "./guests.ts";
import { STEP_NAMES, type StepName } from "./steps/step.ts";

export const CALLER = {
  accessKeyID: "AKIATEST",
  principalARN: "arn:aws:iam::111122223333:user/test",
  accountID: "111122223333",
  region: "ap-northeast-1",
};
export const DEFAULT_HOSTS_LAYOUT: HostsLayout = {
  images: DEFAULT_IMAGES,
  domains: DEFAULT_DOMAINS,
  tenants: DEFAULT_TENANTS,
  secrets: DEFAULT_SECRETS,
  installers: DEFAULT_INSTALLERS,
};
export const PROFILE = "arn:aws:iam::111122223333:instance-profile/cloudsync-agent";

const [CORP] = DEFAULT_DOMAINS.domains;

export interface BenchOptions {
  readonly preset?: DelayPreset;
  readonly layout?: Partial<HostsLayout>;
  readonly seed?: number;
}

export interface Line {
  readonly step: string;
  readonly operationID: string;
  readonly outcome: "Succeeded" | "Failed";
  readonly changed: boolean;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly class: string; readonly reason: string };
}

export type Answer = Readonly<Record<string, unknown>>;

export class Bench {
  readonly clock: VirtualClock = virtualClock();
  readonly delays: DelayTable;
  readonly faults: FaultTable;
  readonly guests: WindowsGuests;
  readonly #machines = new Map<string, { machine: Machine; state: string }>();
  #operations = 0;

  constructor({ preset = "real", layout, seed = 1 }: BenchOptions = {}) {
    this.delays = new DelayTable(preset, [
      ...WINDOWS_GUESTS.delays,
      { "ec2.reboot": { realMs: 60_000, demoMs: 1_000 } },
    ]);
    this.faults = new FaultTable(this.clock, seededDice(seed + 1));
    const { clock, delays, faults } = this;
    const surroundings = { clock, dice: seededDice(seed), delays, faults, machines: this.#directory() };
    this.guests = windowsGuests(surroundings, { ...DEFAULT_HOSTS_LAYOUT, ...layout });
    for (const step of STEP_NAMES) this.call("CreateDocument", { Name: documentName(step), Content: content(step) });
    clock.advance(delays.ms("ssm.documentActive"));
  }

  launch(id: string, changes: Partial<Machine> = {}): string {
    const instanceID = `i-${id.padStart(17, "0")}`;
    const machine: Machine = {
      instanceID,
      accountID: CALLER.accountID,
      region: CALLER.region,
      availabilityZone: "ap-northeast-1a",
      subnetID: "subnet-0a",
      privateIPAddress: "10.0.16.4",
      imageID: DEFAULT_IMAGES.images[0]?.imageID ?? "",
      instanceProfileARN: PROFILE,
      tags: {},
      ...changes,
    };
    this.#machines.set(instanceID, { machine, state: "running" });
    this.guests.lifecycle.poweredOn(machine, "launch");
    return instanceID;
  }

  /** Launches and waits until SSM shows it. */
  online(id: string, changes: Partial<Machine> = {}): string {
    const instanceID = this.launch(id, changes);
    this.clock.advance(10 * 60_000);
    return instanceID;
  }

  change(instanceID: string, changes: Partial<Machine>): Machine {
    const held = this.#held(instanceID);
    held.machine = { ...held.machine, ...changes };
    return held.machine;
  }

  end(instanceID: string, cause: "stop" | "terminate" | "crash"): void {
    this.#held(instanceID).state = cause === "terminate" ? "terminated" : "stopped";
    this.guests.lifecycle.poweredOff(instanceID, cause);
  }

  start(instanceID: string): void {
    const held = this.#held(instanceID);
    held.state = "running";
    this.guests.lifecycle.poweredOn(held.machine, "start");
  }

  call(action: string, input: Answer): Answer {
    const operation: Operation | undefined = this.guests.ssm.get(action);
    if (operation === undefined) throw new Error(`no action ${action}`);
    return operation({ service: "ssm", action, input, caller: CALLER });
  }

  /** Sends one step; returns the command id. */
  send(step: StepName, instanceIDs: readonly string[], parameters: Readonly<Record<string, string>>): string {
    const { Command } = this.call("SendCommand", {
      DocumentName: documentName(step),
      DocumentVersion: "1",
      DocumentHash: createHash("sha256").update(content(step)).digest("hex"),
      DocumentHashType: "Sha256",
      InstanceIds: instanceIDs,
      TimeoutSeconds: 600,
      Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
    }) as { Command: { CommandId: string } };
    return Command.CommandId;
  }

  invocation(commandID: string, instanceID: string): Answer {
    return this.call("GetCommandInvocation", { CommandId: commandID, InstanceId: instanceID });
  }

  /** Sends a step, waits (an hour of world time at most) and reads its line. */
  run(step: StepName, instanceID: string, parameters: Readonly<Record<string, string>> = {}): Line {
    const operationID = parameters["operationID"] ?? this.operationID();
    const commandID = this.send(step, [instanceID], { operationID, ...parameters });
    for (let waitedMs = 0; waitedMs < 3_600_000; waitedMs += 5_000) {
      this.clock.advance(5_000);
      const { Status, StandardOutputContent } = this.invocation(commandID, instanceID);
      if (Status === "Success" || Status === "Failed") return lineOf(String(StandardOutputContent));
    }
    throw new Error(`${step} did not end: ${JSON.stringify(this.invocation(commandID, instanceID))}`);
  }

  operationID(): string {
    this.#operations += 1;
    return `operation${this.#operations}`;
  }

  #held(instanceID: string): { machine: Machine; state: string } {
    const held = this.#machines.get(instanceID);
    if (held === undefined) throw new Error(`no machine ${instanceID}`);
    return held;
  }

  #directory(): MachineDirectory {
    return {
      machine: (instanceID) => this.#machines.get(instanceID)?.machine,
      state: (instanceID) => this.#machines.get(instanceID)?.state,
      list: () => [...this.#machines.values()].map(({ machine }) => machine),
      guestReboot: (instanceID) => {
        this.guests.lifecycle.poweredOff(instanceID, "stop");
        this.clock.schedule(this.delays.ms("ec2.reboot"), () => {
          const held = this.#held(instanceID);
          if (held.state === "running") this.guests.lifecycle.poweredOn(held.machine, "reboot");
        });
      },
      guestShutdown: (instanceID) => this.end(instanceID, "stop"),
      guestHung: () => undefined,
    };
  }
}

export function documentName(step: StepName): string {
  return `CloudSync-${step}-0123abcd`;
}

/** A document with the parameters of the step's contract, unchecked: the host checks them by the contract. */
export function content(step: StepName): string {
  const names = PARAMETERS[step];
  return JSON.stringify({
    schemaVersion: "2.2",
    parameters: {
      ...Object.fromEntries(names.map((name) => [name, { type: "String" }])),
      executionTimeout: { type: "String", default: "1800" },
    },
    mainSteps: [{ action: "aws:runPowerShellScript", name: "run", inputs: { runCommand: ["# product script"] } }],
  });
}

const PARAMETERS: Readonly<Record<StepName, readonly string[]>> = {
  Probe: ["operationID"],
  Drain: ["operationID"],
  ProveSecretDenied: ["operationID", "secretARNs"],
  Preflight: ["operationID", "domainName", "domainControllers", "tenantCloud"],
  Join: ["operationID", "computerName", "domainName", "organizationalUnit", "credentialSecretARN", "hostGroup"],
  Install: ["operationID", "bucket", "key", "versionID", "sha256", "version", "tenantCloud", "proxyURL"],
  Register: ["operationID", "tenantID", "tenantCloud", "mode", "secretARN"],
  Configure: [
    "operationID",
    "domainName",
    "netBIOSName",
    "gmsaMode",
    "gmsaName",
    "setupSecretARN",
    "preferredDomainControllers",
  ],
};

export function lineOf(output: string): Line {
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as Line;
}

export function domainSection(changes: Partial<DomainLayout>): Partial<HostsLayout> {
  if (CORP === undefined) throw new Error("the default layout has no domain");
  return { domains: { domains: [{ ...CORP, ...changes }] } };
}
