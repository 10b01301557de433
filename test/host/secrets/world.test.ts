import { SETUP_SECRET, TOKEN_SECRET } from "../../../sim/src/hosts/test-steps.ts";
import { FITTING } from "../scenarios/world.ts";
import { leaksIn } from "./scan.ts";
import { PLANTED, secretStage, type Stage } from "./stage.ts";

const SECRET = PLANTED[0]?.value ?? "";

/** Every step once, those that read a secret also with a refusal and once more. */
async function wholeLife(stage: Stage): Promise<readonly string[]> {
  return [
    await stage.run("Preflight", FITTING.Preflight),
    await stage.run("Join", { ...FITTING.Join, organizationalUnit: "OU=None,DC=corp,DC=example,DC=com" }),
    await stage.run("Join", FITTING.Join),
    await stage.run("Install", FITTING.Install),
    await stage.run("Register", { ...FITTING.Register, mode: "AccessToken", secretARN: SETUP_SECRET }),
    await stage.run("Register", { ...FITTING.Register, mode: "AccessToken", secretARN: TOKEN_SECRET }),
    await stage.run("Register", FITTING.Register),
    await stage.run("Configure", {
      ...FITTING.Configure,
      gmsaMode: "Create",
      gmsaName: "gmsaNew$",
      setupSecretARN: SETUP_SECRET,
    }),
    await stage.run("Probe", {}),
    await stage.run("Drain", {}),
  ];
}

test("after all steps no planted secret is anywhere", async () => {
  const stage = await secretStage();
  const lines = await wholeLife(stage);
  const outcomes = lines.map((line) => (JSON.parse(line) as { outcome: string }).outcome);
  expect(outcomes.filter((outcome) => outcome === "Failed")).toHaveLength(2);
  expect(leaksIn(await stage.places(), PLANTED)).toEqual([]);
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
  [
    "user data and tags",
    (stage) => stage.launch({ UserData: Buffer.from(`<powershell>${SECRET}</powershell>`).toString("base64") }),
  ],
];
for (const [place, plant] of plants) {
  test(`a leak that is planted in the ${place} is found there`, async () => {
    const stage = await secretStage();
    await plant(stage);
    const planted = place === "truth of the directory" ? [{ name: "join", value: "LEAK" }] : PLANTED;
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
