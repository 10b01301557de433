/** The portal on the command line: groups, members and scope of a tenant. */
import type { Command } from "commander";

import { isRecord } from "../core/input.ts";
import type { ControlClient } from "./control-client.ts";
import { configurationsView, entraGroupsView, pairsView } from "./views.ts";

type Print = (answer: unknown, view: (answer: unknown) => string) => void;

interface TenantOption {
  readonly tenant?: string;
}

export function addEntraCommands(program: Command, client: () => ControlClient, print: Print): void {
  const withTenant = (command: Command): Command =>
    command.option("--tenant <id>", "needed where the world has more than one");
  const at = async ({ tenant }: TenantOption, ...steps: readonly string[]): Promise<string> =>
    ["", "entra", tenant ?? (await onlyTenant(client())), ...steps].map(encodeURIComponent).join("/");

  withTenant(program.command("entra-groups"))
    .description("groups of Entra with their members")
    .argument("[group]", "id or name")
    .action(async (group: string | undefined, options: TenantOption) => {
      const path = await at(options, "groups", ...(group === undefined ? [] : [group]));
      print(await client().ask("GET", path), entraGroupsView);
    });

  const group = program.command("group").description("what people do to a group in the portal");
  withTenant(group.command("create <name>"))
    .description("a cloud security group without members")
    .action(async (displayName: string, options: TenantOption) =>
      print(await client().ask("POST", await at(options, "groups"), { displayName }), entraGroupsView),
    );
  withTenant(group.command("rename <group> <name>")).action(
    async (named: string, displayName: string, options: TenantOption) =>
      print(await client().ask("PUT", await at(options, "groups", named), { displayName }), entraGroupsView),
  );
  withTenant(group.command("delete <group>")).action(async (named: string, options: TenantOption) =>
    print(await client().ask("DELETE", await at(options, "groups", named)), pairsView),
  );
  for (const [verb, method] of [
    ["add", "PUT"],
    ["remove", "DELETE"],
  ] as const)
    withTenant(group.command(`${verb}-member <group> <member>`)).action(
      async (named: string, member: string, options: TenantOption) =>
        print(await client().ask(method, await at(options, "groups", named, "members", member)), entraGroupsView),
    );

  withTenant(program.command("configurations"))
    .description("configurations of Entra (service principals made from a template) with what is assigned")
    .action(async (options: TenantOption) =>
      print(await client().ask("GET", await at(options, "configurations")), configurationsView),
    );
  for (const [verb, method, description] of [
    ["assign", "PUT", "puts a group into the scope of a configuration by hand"],
    ["unassign", "DELETE", "takes it out by hand"],
  ] as const)
    withTenant(program.command(`${verb} <configuration> <group>`))
      .description(description)
      .action(async (configuration: string, named: string, options: TenantOption) => {
        const path = await at(options, "configurations", configuration, "assignments", named);
        print(await client().ask(method, path), configurationsView);
      });
}

async function onlyTenant(client: ControlClient): Promise<string> {
  const layout = await client.ask("GET", "/layout");
  const section = isRecord(layout) && isRecord(layout.tenants) ? layout.tenants.tenants : undefined;
  const ids = (Array.isArray(section) ? section : []).flatMap((tenant: unknown) =>
    isRecord(tenant) && typeof tenant.tenantID === "string" ? [tenant.tenantID] : [],
  );
  const [only, second] = ids;
  if (only === undefined || second !== undefined) throw new Error(`give --tenant: one of ${ids.join(", ")}`);
  return only;
}
