import { secretsReleased } from "./secrets-released.ts";
import { Sight } from "./sight/sight.ts";
import { hostOf, Stage, TEMPLATE } from "./stage.ts";

const AGENT = "tokyo-0-aaaaa";
const HOST = hostOf(AGENT);
const JOIN = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:join-AbCdEf";
const OTHERS = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:others-AbCdEf";

/** An agent whose spec names one secret, on a host that may read it or not. */
function bootstrapped(status: "True" | "False" | "Unknown"): Stage {
  const stage = new Stage(secretsReleased(new Sight()));
  stage.launched(AGENT);
  const domain = { ...TEMPLATE.domain, joinSecretARN: JOIN };
  stage.agent(AGENT, { spec: { slot: 0, template: { ...TEMPLATE, domain } } });
  stage.time();
  stage.conditions(AGENT, { SecretsReleased: { status, reason: "Any" } });
  return stage;
}

function says(stage: Stage): string | undefined {
  return stage.kube(`cloudsyncagents/${AGENT}/status`);
}

const NAMED = `${AGENT} says SecretsReleased, and ${HOST} can read ${JOIN}`;

test("an agent that says its secrets are released, on a host that can still read one, is named at once", () => {
  const stage = bootstrapped("True");
  stage.truth(HOST, { readableSecrets: [OTHERS, JOIN] });
  expect(says(stage)).toBe(NAMED);
});

test("one whose host can read it later is named, too", () => {
  const stage = bootstrapped("True");
  expect(says(stage)).toBeUndefined();
  stage.truth(HOST, { readableSecrets: [JOIN] });
  expect(stage.advance({ minutes: 1 }).time()).toBe(NAMED);
});

test("silent: what the spec does not name, what is not said, and an agent that is gone", () => {
  const closed = bootstrapped("True");
  closed.truth(HOST, { readableSecrets: [OTHERS] });
  expect(says(closed)).toBeUndefined();
  for (const status of ["False", "Unknown"] as const) {
    const open = bootstrapped(status);
    open.truth(HOST, { readableSecrets: [JOIN] });
    expect(says(open)).toBeUndefined();
  }
  const gone = bootstrapped("True");
  gone.truth(HOST, { readableSecrets: [JOIN] });
  gone.removeAgent(AGENT);
  expect(says(gone)).toBeUndefined();
});
