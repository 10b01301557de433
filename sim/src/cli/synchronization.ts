/** A person's hands on a configuration and on the domain behind it, on the command line. */
import { Argument, type Command } from "commander";

import { isRecord } from "../core/input.ts";
import type { ControlClient } from "./control-client.ts";
import { jobsView, pairsView } from "./views.ts";

type Print = (answer: unknown, view: (answer: unknown) => string) => void;

export function addSynchronizationCommands(program: Command, client: () => ControlClient, print: Print): void {
  const hand = async (named: string, action: string, body: object): Promise<void> => {
    const path = await pathOf(client(), named);
    await client().ask("POST", `${path}/${action}`, body);
    print(await client().ask("GET", "/synchronization"), jobsView);
  };
  program
    .command("membership <configuration>")
    .description('the portal\'s switch "Provision membership to on-premises users"')
    .addArgument(new Argument("<state>").choices(["on", "off"]))
    .action((named: string, state: string) => hand(named, "membership", { isOn: state === "on" }));
  program
    .command("quarantine <configuration>")
    .description("the job of the configuration is put into quarantine")
    .action((named: string) => hand(named, "quarantine", {}));

  program
    .command("unit <domain> <distinguishedName>")
    .description("somebody deletes an organizational unit, or makes it")
    .addArgument(new Argument("<state>").choices(["gone", "there"]))
    .action(async (domain: string, distinguishedName: string, state: string) =>
      print(
        await client().ask("PUT", `/domains/${domain}/units`, { distinguishedName, isThere: state === "there" }),
        pairsView,
      ),
    );
  program
    .command("right <domain> <distinguishedName> <trustee>")
    .description("somebody takes the rights of an account on a container away, or gives them")
    .addArgument(new Argument("<state>").choices(["taken", "granted"]))
    .action(async (domain: string, distinguishedName: string, trustee: string, state: string) => {
      const body = { distinguishedName, trustee, isGranted: state === "granted" };
      print(await client().ask("PUT", `/domains/${domain}/rights`, body), pairsView);
    });
}

/** By display name or service principal id. */
async function pathOf(client: ControlClient, named: string): Promise<string> {
  const answer = await client.ask("GET", "/synchronization");
  const rows = [answer].flat().filter(isRecord);
  const found = rows.flatMap(({ tenantID, configurations }) =>
    [configurations]
      .flat()
      .filter(isRecord)
      .filter(({ displayName, servicePrincipalID }) => displayName === named || servicePrincipalID === named)
      .map(({ servicePrincipalID }) => `/synchronization/${String(tenantID)}/${String(servicePrincipalID)}`),
  );
  const [only, second] = found;
  if (only === undefined || second !== undefined)
    throw new Error(`${named} names ${found.length} configurations: see cloudsync-world jobs`);
  return only;
}
