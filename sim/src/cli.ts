#!/usr/bin/env node
/**
 * cloudsync-world: runs a simulated world, looks into one, and breaks things in it.
 * Guarantees: tables for people, `--json` for scripts; a refusal is one sentence on stderr and exit code 1.
 */
import { Command } from "commander";

import type { ControlClient } from "./cli/control-client.ts";
import { controlClient, controlURLFrom } from "./cli/control-client.ts";
import { faultRule, withFaultOptions } from "./cli/fault-options.ts";
import { CONTROL_VARIABLE, ENDPOINTS_FILE } from "./cli/names.ts";
import { addEntraCommands } from "./cli/entra.ts";
import { addSynchronizationCommands } from "./cli/synchronization.ts";
import { addServe } from "./cli/serve.ts";
import { directoriesView, faultsView, groupsView, hostsView, jobsView, logView, pairsView } from "./cli/views.ts";
import { isRecord } from "./core/input.ts";

const program = new Command("cloudsync-world")
  .description("A simulated AWS account with Windows hosts and an Active Directory, for tests and rehearsals.")
  .option("--control <url>", `control endpoint of the world (else $${CONTROL_VARIABLE}, else the file)`)
  .option("--endpoints <file>", "the file that serve wrote", ENDPOINTS_FILE)
  .option("--json", "print JSON");

interface GlobalOptions {
  readonly control?: string;
  readonly endpoints: string;
  readonly json?: boolean;
}

function client(): ControlClient {
  const { control, endpoints } = program.opts<GlobalOptions>();
  return controlClient(control ?? process.env[CONTROL_VARIABLE] ?? controlURLFrom(endpoints));
}

function print(answer: unknown, view: (answer: unknown) => string): void {
  const { json } = program.opts<GlobalOptions>();
  process.stdout.write(json === true ? `${JSON.stringify(answer)}\n` : view(answer));
}

addServe(program);

program
  .command("hosts")
  .description("hosts with their true state")
  .argument("[host]", "id or name")
  .action(async (host?: string) => {
    print(await client().ask("GET", host === undefined ? "/hosts" : `/hosts/${encodeURIComponent(host)}`), hostsView);
  });

const HOST_COMMANDS: readonly (readonly [name: string, description: string])[] = [
  ["kill", "the host dies: EC2 terminates it with Server.InternalError"],
  ["terminate", "a person terminates it in the console, protection or not"],
  ["stop", "a person stops it"],
  ["start", "a person starts it"],
  ["reboot", "a person reboots it"],
  ["freeze", "the guest hangs; EC2 says running"],
  ["thaw", "the guest goes on"],
  ["register", "a person finishes the registration on the host's desktop"],
];
for (const [name, description] of HOST_COMMANDS) {
  program
    .command(name)
    .description(description)
    .argument("<host>", "id or name")
    .action(async (host: string) => {
      print(await client().ask("POST", `/hosts/${encodeURIComponent(host)}/${name}`), hostsView);
    });
}

program
  .command("directories")
  .description("directories of Directory Service with their domain controllers")
  .argument("[directory]", "id")
  .action(async (directory?: string) => {
    const path = directory === undefined ? "/directories" : `/directories/${encodeURIComponent(directory)}`;
    print(await client().ask("GET", path), directoriesView);
  });

addEntraCommands(program, client, print);
addSynchronizationCommands(program, client, print);

program
  .command("groups")
  .description("groups as a domain of Active Directory has them: container and members")
  .argument("<domain>", "DNS name")
  .action(async (domain: string) => {
    print(await client().ask("GET", `/domains/${encodeURIComponent(domain)}/groups`), groupsView);
  });

program
  .command("jobs")
  .description("synchronization jobs of all tenants with their state")
  .action(async () => print(await client().ask("GET", "/synchronization"), jobsView));

const fault = program.command("fault").description("troubles that calls meet");
withFaultOptions(fault.command("add <effect>"))
  .description(
    "effects: error, throttle, accessDenied, latency, lostResponse, lostRequest, duplicateDelivery, partialPage, emptyList, emptyPage, failingPage, notFoundWindow, tagLag, capacity, quota",
  )
  .action(async (kind: string, options: Parameters<typeof faultRule>[1]) => {
    const time = await client().ask("GET", "/time");
    const nowMs = isRecord(time) && typeof time.nowMs === "number" ? time.nowMs : 0;
    print(await client().ask("POST", "/faults", faultRule(kind, options, nowMs)), faultsView);
  });
fault
  .command("list")
  .description("rules and how often they struck")
  .action(async () => print(await client().ask("GET", "/faults"), faultsView));
fault
  .command("clear")
  .description("remove one rule, or all")
  .argument("[id]")
  .action(async (id?: string) =>
    print(await client().ask("DELETE", id === undefined ? "/faults" : `/faults/${encodeURIComponent(id)}`), pairsView),
  );

program
  .command("delay")
  .description("list the delays, or set one")
  .argument("[name]")
  .argument("[ms]")
  .action(async (name?: string, ms?: string) => {
    const isSet = name !== undefined && ms !== undefined;
    const answer = isSet
      ? await client().ask("PUT", "/delays", { [name]: Number(ms) })
      : await client().ask("GET", "/delays");
    print(name === undefined || !isRecord(answer) ? answer : { [name]: answer[name] }, pairsView);
  });

program
  .command("log")
  .description("the calls that reached the world, oldest first")
  .option("--since <sequence>", "after this sequence number")
  .option("--service <name>")
  .option("--action <name>")
  .option("--instance <id>")
  .option("--outcome <word>", "ok or an error code")
  .option("--limit <number>", "the newest so many", "50")
  .option("--counts", "calls by action and minute instead")
  .action(
    async ({ instance, counts, ...options }: Readonly<Record<string, string>> & { readonly counts?: boolean }) => {
      if (counts === true) {
        print(await client().ask("GET", "/counts"), (answer) => pairsView(isRecord(answer) ? answer.total : {}));
        return;
      }
      const query = new URLSearchParams({ ...options, ...(instance !== undefined && { instanceID: instance }) });
      print(await client().ask("GET", `/log?${query.toString()}`), logView);
    },
  );

program
  .command("snapshot")
  .description("everything as JSON")
  .action(async () => {
    process.stdout.write(`${JSON.stringify(await client().ask("GET", "/snapshot"), null, 2)}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`cloudsync-world: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
