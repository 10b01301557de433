/** The portal at the control desk and on the command line, over real HTTP; what it does shows in Graph. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { virtualClock } from "../src/core/clock.ts";
import { TENANT_ID } from "../src/graph/test-desk.ts";
import type { RunningWorld } from "../src/serve.ts";
import { serveWorld } from "../src/serve.ts";
import type { World } from "../src/world.ts";
import { createWorld } from "../src/world.ts";

let world: World;
let running: RunningWorld;
let folder: string;
beforeEach(async () => {
  world = createWorld({ clock: virtualClock(), delays: { preset: "zero" } });
  running = await serveWorld(world);
  folder = mkdtempSync(join(tmpdir(), "world-"));
  writeFileSync(join(folder, "world.json"), JSON.stringify(running.endpoints));
});
afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

async function ask(method: string, path: string, body?: unknown) {
  const response = await fetch(new URL(`/entra/${TENANT_ID}${path}`, running.endpoints.control), {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}
const directory = () => world.graph.tenants.get(TENANT_ID)?.directory;
const SALES = "96009000-0000-4000-8000-000000000001";

test("groups are made, renamed and deleted; members come and go by name", async () => {
  const made = await ask("POST", "/groups", { displayName: "AD-New" });
  expect([made.status, made.answer.displayName]).toEqual([200, "AD-New"]);
  const id = String(made.answer.id);
  await ask("PUT", "/groups/AD-New/members/chen@contoso.example");
  expect(
    directory()
      ?.members(id)
      .map(({ value }) => value),
  ).toEqual(["0e5e7000-0000-4000-8000-000000000003"]);
  expect((await ask("PUT", "/groups/AD-New", { displayName: "AD-Renamed" })).answer.displayName).toBe("AD-Renamed");
  expect((await ask("DELETE", "/groups/AD-Renamed/members/chen@contoso.example")).answer.members).toEqual([]);
  expect((await ask("DELETE", "/groups/AD-Renamed")).answer).toEqual({ deleted: id });
  expect([directory()?.object(id), directory()?.deleted(id)?.id]).toEqual([undefined, id]);
});

test("an unknown name, a name of two groups and a bad body are refused with a sentence, without effect", async () => {
  expect((await ask("DELETE", "/groups/AD-Nobody")).answer).toEqual({ error: "no group has the id or name AD-Nobody" });
  await ask("POST", "/groups", { displayName: "AD-Sales" });
  const twice = await ask("DELETE", "/groups/AD-Sales");
  expect([twice.status, String(twice.answer.error)]).toEqual([409, expect.stringContaining("give the id")]);
  expect((await ask("PUT", `/groups/${SALES}`, { name: "x" })).status).toBe(400);
  expect((await ask("DELETE", `/groups/${SALES}/members/dana@contoso.example`)).status).toBe(404);
  expect(directory()?.get("group", SALES)?.displayName).toBe("AD-Sales");
});

test("scope changed by hand shows in the configurations, and the command line does the same", async () => {
  const endpoints = join(folder, "world.json");
  const cli = async (...args: readonly string[]) =>
    (
      await promisify(execFile)(process.execPath, [
        "--no-warnings",
        "sim/src/cli.ts",
        "--endpoints",
        endpoints,
        ...args,
      ])
    ).stdout;
  const made = directory();
  made?.create({
    kind: "servicePrincipal",
    id: "5e900000-0000-4000-8000-0000000000aa",
    appId: "a9900000-0000-4000-8000-0000000000aa",
    displayName: "corp.example.com",
    applicationTemplateId: "fb81332f-3eca-4ecf-a939-4278e501d330",
    accountEnabled: true,
    appRoles: [
      {
        id: "1a0abf4d-b9fa-4512-a3a2-51ee82c6fd9f",
        displayName: "User",
        description: "User",
        value: null,
        isEnabled: true,
        allowedMemberTypes: ["User"],
      },
    ],
    ownerIds: [],
    tags: [],
    createdMs: 0,
  });
  expect((await ask("PUT", "/configurations/corp.example.com/assignments/AD-Sales")).answer.assigned).toEqual([
    "AD-Sales",
  ]);
  expect((await ask("PUT", "/configurations/corp.example.com/assignments/AD-Sales")).status).toBe(409);
  expect(await cli("assign", "corp.example.com", "AD-Canary")).toContain("AD-Sales,AD-Canary");
  expect((await ask("DELETE", "/configurations/corp.example.com/assignments/AD-Sales")).answer.assigned).toEqual([
    "AD-Canary",
  ]);
  expect(await cli("configurations")).toContain("AD-Canary");
  expect(await cli("group", "create", "AD-Line")).toContain("AD-Line");
  expect(await cli("group", "add-member", "AD-Line", "Aiko Mori")).toContain("Aiko Mori");
  expect(await cli("entra-groups", "AD-Line")).toContain("Aiko Mori");
}, 60_000);

test("breaches of the Graph contract are shown", async () => {
  expect((await ask("GET", "/breaches")).answer).toEqual({ count: 0, breaches: [] });
  await world.handleGraph({ method: "GET", url: "https://graph.microsoft.com/v1.0/me", headers: {}, body: "" });
  expect((await ask("GET", "/breaches")).answer).toMatchObject({ count: 1, breaches: [{ call: "GET /v1.0/me" }] });
});
