import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SCENARIOS } from "../scenarios/rows.ts";
import { placeFiles, PROGRAM_DATA, PROGRAM_FILES, proxiesIn, TRACE } from "./disk.ts";
import { SECRETS } from "./surroundings.ts";

const AGENT = "Microsoft Azure AD Connect Provisioning Agent";
const CONFIGURATION = join(PROGRAM_FILES, AGENT, "AADConnectProvisioningAgent.exe.config");
const TRACE_FILE = join(PROGRAM_DATA, "Microsoft", AGENT, "Trace", TRACE);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloudsync-disk-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("no host of the table has a proxy in its files before its step", () => {
  for (const [index, scenario] of SCENARIOS.entries()) {
    if (scenario.trouble?.kind === "longTrace") continue;
    const own = mkdtempSync(join(folder, `${index}-`));
    placeFiles(own, scenario);
    expect(proxiesIn(own)).toEqual({ agent: null, passThrough: null, updater: null });
  }
});

test("a proxy is read from the attribute that the step writes", () => {
  placeFiles(folder, { sentence: "", step: "Proxy", before: "configured", line: { outcome: "Succeeded" } });
  const path = join(folder, CONFIGURATION);
  const element =
    '<system.net><defaultProxy enabled="true"><proxy usesystemdefault="true" proxyaddress="http://p:1" /></defaultProxy></system.net>';
  writeFileSync(path, readFileSync(path, "utf8").replace("<runtime>", `${element}<runtime>`));
  expect(proxiesIn(folder)).toEqual({ agent: "http://p:1", passThrough: null, updater: null });
});

test("a host's files are older than its services' processes, so that nothing waits for a restart", () => {
  placeFiles(folder, { sentence: "", step: "Proxy", before: "configured", line: { outcome: "Succeeded" } });
  expect(statSync(join(folder, CONFIGURATION)).mtimeMs).toBeLessThan(Date.now() - 31 * 60_000);
});

test("a long trace is longer than what a script reads of a file, and a logged password is a secret that the scan looks for", () => {
  const row = {
    sentence: "",
    step: "CollectDiagnostics",
    before: "configured",
    line: { outcome: "Succeeded" },
  } as const;
  placeFiles(folder, { ...row, trouble: { kind: "longTrace" } });
  expect(statSync(join(folder, TRACE_FILE)).size).toBeGreaterThan(5 * 1024 * 1024);
  rmSync(join(folder, PROGRAM_FILES), { recursive: true });
  placeFiles(folder, { ...row, trouble: { kind: "loggedSecret" } });
  expect(readFileSync(join(folder, TRACE_FILE), "utf8")).toContain(SECRETS.registration.value);
});
