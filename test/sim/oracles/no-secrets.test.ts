import { noSecrets } from "./no-secrets.ts";
import { Stage } from "./stage.ts";

const SECRET = "world-join-password";
const ARN = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/join-AbCdEf";

function rested(change: (stage: Stage) => void): string | undefined {
  const stage = new Stage(noSecrets());
  stage.fleet("tokyo-0-1");
  stage.log = `{"message":"the host reads ${ARN}"}`;
  change(stage);
  return stage.rest();
}

function command(change: Readonly<Record<string, unknown>>): object {
  const document = { name: "CloudSync-Join-0123" };
  const parameters = { credentialSecretARN: [ARN] };
  return { commandID: "c-1", document, parameters, comment: "cloudsync Join", invocations: new Map(), ...change };
}

test("the name of a secret is no secret", () => {
  expect(rested((stage) => stage.commands.push(command({})))).toBeUndefined();
});

const places: readonly (readonly [where: string, put: (stage: Stage) => void])[] = [
  ["cloudsyncagents/tokyo-0-1", (stage) => stage.agent("tokyo-0-1", { status: { firstFailure: { message: SECRET } } })],
  ["the operator's log", (stage) => (stage.log = `{"message":"joins with ${SECRET}"}`)],
  [
    "the parameters of command c-1 (CloudSync-Join-0123)",
    (stage) => stage.commands.push(command({ parameters: { password: [SECRET] } })),
  ],
  [
    "the output of command c-1 (CloudSync-Join-0123) on i-1",
    (stage) => {
      const invocation = { instanceID: "i-1", output: `{"password":"${SECRET}"}`, errorOutput: "" };
      stage.commands.push(command({ invocations: new Map([["i-1", invocation]]) }));
    },
  ],
  ["the user data or tags of i-9", (stage) => stage.host("i-9", { agent: "tokyo-0-1", tags: { note: SECRET } })],
];
for (const [where, put] of places) {
  test(`a secret in ${where} is named by its ARN, never by its value`, () => {
    expect(rested(put)).toBe(`the value of secret ${ARN} is in ${where}`);
  });
}
