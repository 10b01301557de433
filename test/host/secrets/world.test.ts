import { lineOf } from "../../../sim/src/hosts/test-bench.ts";
import { SETUP_SECRET, TOKEN_SECRET } from "../../../sim/src/hosts/test-steps.ts";
import { STEPS } from "../scenarios/scenario.ts";
import { FITTING } from "../scenarios/world.ts";
import { leaksIn } from "./scan.ts";
import { PLANTED, secretStage, type Stage } from "./stage.ts";

const SECRET = PLANTED[0]?.value ?? "";

const outcomeOf = (line: string): string => (JSON.parse(line) as { outcome: string }).outcome;

/** The steps up to a configured agent, those that read a secret also with a refusal and once more. */
async function setUp(stage: Stage): Promise<readonly string[]> {
  const create = { gmsaMode: "Create", gmsaName: "gmsaNew$", setupSecretARN: SETUP_SECRET };
  return [
    await stage.run("Preflight", FITTING.Preflight),
    await stage.run("Join", { ...FITTING.Join, organizationalUnit: "OU=None,DC=corp,DC=example,DC=com" }),
    await stage.run("Join", FITTING.Join),
    await stage.run("Install", FITTING.Install),
    await stage.run("Register", { ...FITTING.Register, mode: "AccessToken", secretARN: SETUP_SECRET }),
    await stage.run("Register", { ...FITTING.Register, mode: "AccessToken", secretARN: TOKEN_SECRET }),
    await stage.run("Register", FITTING.Register),
    await stage.run("Configure", { ...FITTING.Configure, ...create }),
    await stage.run("Probe", {}),
  ];
}

/** The further steps, from what is done to a configured host to its end; those that read a secret likewise with a refusal. */
async function furtherLife(stage: Stage): Promise<readonly string[]> {
  const grant = { mode: "Grant", gmsaName: "gmsaNew$" };
  const deadSince = stage.now();
  return [
    await stage.run("Proxy", FITTING.Proxy),
    await stage.run("HostGroup", { ...FITTING.HostGroup, credentialSecretARN: TOKEN_SECRET }),
    await stage.run("HostGroup", FITTING.HostGroup),
    await stage.run("Permissions", { ...FITTING.Permissions, ...grant, setupSecretARN: TOKEN_SECRET }),
    await stage.run("Permissions", { ...FITTING.Permissions, ...grant }),
    await stage.run("VendorPermissions", { ...FITTING.VendorPermissions, ...grant, setupSecretARN: TOKEN_SECRET }),
    await stage.run("VendorPermissions", { ...FITTING.VendorPermissions, ...grant, restriction: "Restrict" }),
    await stage.run("ReadGroup", FITTING.ReadGroup),
    await stage.run("RestartService", FITTING.RestartService),
    await stage.run("CollectDiagnostics", FITTING.CollectDiagnostics),
    await stage.run("ProveSecretDenied", FITTING.ProveSecretDenied),
    await stage.run("CleanUpPeer", { ...FITTING.CleanUpPeer, deadSince, credentialSecretARN: TOKEN_SECRET }),
    await stage.run("CleanUpPeer", { ...FITTING.CleanUpPeer, deadSince }),
    await stage.run("PassThroughInstall", FITTING.PassThroughInstall),
    await stage.run("PassThroughRegister", { ...FITTING.PassThroughRegister, secretARN: TOKEN_SECRET }),
    await stage.run("PassThroughRegister", FITTING.PassThroughRegister),
    await stage.run("PassThroughProbe", {}),
    await stage.run("Drain", {}),
    await stage.run("LeaveDomain", FITTING.LeaveDomain),
  ];
}

test("after all steps no planted secret is anywhere", async () => {
  const stage = await secretStage();
  const first = await setUp(stage);
  // What the vendor's agent might write: the archive takes it out by its form.
  for (const { value } of PLANTED) stage.writeTrace(`sign-in with password="${value}" failed`);
  const lines = [...first, ...(await furtherLife(stage))];
  const stepsSeen = new Set(lines.map((line) => (JSON.parse(line) as { step: string }).step));
  expect([...stepsSeen].toSorted()).toEqual(STEPS.toSorted());
  const refused = lines.filter((line) => outcomeOf(line) === "Failed").map((line) => lineOf(line).error?.reason);
  expect(refused).toEqual(["OrganizationalUnitNotFound", ...Array.from({ length: 6 }, () => "SecretMalformed")]);
  const collected = lines.map(lineOf).find(({ step }) => step === "CollectDiagnostics");
  expect(collected?.facts).toMatchObject({ redactionCount: PLANTED.length });
  const places = await stage.places();
  expect(new Set(places.map(({ name }) => name))).toEqual(new Set(plants.map(([place]) => place)));
  expect(leaksIn(places, PLANTED)).toEqual([]);
});

const plants: readonly (readonly [place: string, plant: (stage: Stage) => Promise<unknown>])[] = [
  ["parameters of a command", (stage) => stage.run("Join", { ...FITTING.Join, hostGroup: `CN=${SECRET}` })],
  ["comment of a command", (stage) => stage.run("Probe", {}, `operation ${SECRET}`)],
  ["standard output", (stage) => stage.runScript(`Write-Output '${Buffer.from(SECRET).toString("base64")}'`)],
  ["standard error", (stage) => stage.runScript(SECRET)],
  ["list of invocations", (stage) => stage.runScript(`Write-Output '${SECRET}'`)],
  [
    "content of a document",
    (stage) =>
      stage.createDocument(
        "Leaky",
        JSON.stringify({
          schemaVersion: "2.2",
          description: SECRET,
          mainSteps: [{ action: "aws:runPowerShellScript", name: "run", inputs: { runCommand: ["exit 0"] } }],
        }),
      ),
  ],
  ["simulated CloudTrail", (stage) => stage.run("Probe", {}, SECRET)],
  ["truth of the hosts, with the records of their steps", (stage) => stage.run("Probe", { operationID: SECRET })],
  ["truth of the directory", (stage) => stage.run("Join", { ...FITTING.Join, computerName: "LEAK" })],
  ["truth of the tenant", (stage) => registeredAs(stage, "LEAK")],
  [
    "diagnostics archive",
    async (stage) => {
      // Without a form and without a name beside it, redaction does not know it.
      stage.writeTrace(SECRET);
      await stage.run("CollectDiagnostics", FITTING.CollectDiagnostics);
    },
  ],
  [
    "name of an uploaded object",
    (stage) => stage.run("CollectDiagnostics", { ...FITTING.CollectDiagnostics, keyPrefix: `diagnostics/${SECRET}/` }),
  ],
  ["marker of an operation", (stage) => stage.run("ReadGroup", { ...FITTING.ReadGroup, operationID: SECRET })],
  ["record of commands", (stage) => stage.run("Proxy", { ...FITTING.Proxy, proxyURL: `http://${SECRET}` })],
  [
    "user data and tags",
    (stage) => stage.launch({ UserData: Buffer.from(`<powershell>${SECRET}</powershell>`).toString("base64") }),
  ],
];
/** The directory and the tenant take no text but a computer's name, which is short. */
async function registeredAs(stage: Stage, computerName: string): Promise<void> {
  await stage.run("Join", { ...FITTING.Join, computerName });
  await stage.run("Install", FITTING.Install);
  await stage.run("Register", FITTING.Register);
}

for (const [place, plant] of plants) {
  test(`a leak that is planted in the ${place} is found there`, async () => {
    const stage = await secretStage();
    await plant(stage);
    const planted =
      place.startsWith("truth of the ") && !place.includes("hosts") ? [{ name: "join", value: "LEAK" }] : PLANTED;
    expect(leaksIn(await stage.places(), planted).map((leak) => leak.place)).toContain(place);
  });
}

test("a result that is kept on the host under its operation id is scanned when it is told again", async () => {
  const stage = await secretStage();
  await stage.run("Probe", { operationID: SECRET });
  await stage.run("Probe", { operationID: SECRET });
  const outputs = leaksIn(await stage.places(), PLANTED).filter(({ place }) => place === "standard output");
  expect(outputs).toHaveLength(2);
});
