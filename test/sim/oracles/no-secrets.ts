/**
 * S9: no secret of the world is in an object of the cluster, a log line, a command's parameters or output, or a host's user data and tags.
 * Guarantees: every object that is left, every command that is remembered and every line that is kept is searched, once, when the run rests.
 * Never: looks at an object that is gone by then; the log lines of its time are searched.
 */
import type { SecretValue } from "../../../sim/src/layout/secrets.ts";
import type { World } from "../../../sim/src/world.ts";
import type { Oracle, Scene } from "../run/scene.ts";

const PLURALS = [
  "entratenants",
  "addomains",
  "cloudsyncagentpools",
  "cloudsyncagents",
  "syncconfigurations",
  "groupscopes",
  "provisioningtests",
  "events",
  "leases",
  "serviceaccounts",
] as const;

export function noSecrets(): Oracle {
  return {
    name: "S9",
    after: () => undefined,
    atRest(scene) {
      const secrets = scene.world.layout.secrets.secrets.map(({ arn, value }) => ({ arn, text: textOf(value) }));
      for (const [place, text] of placesOf(scene)) {
        const found = secrets.find((secret) => text.includes(secret.text));
        if (found !== undefined) return `the value of secret ${found.arn} is in ${place}`;
      }
      return undefined;
    },
  };
}

function* placesOf(scene: Scene): Generator<readonly [place: string, text: string]> {
  for (const plural of PLURALS) {
    for (const object of scene.objects(plural)) yield [`${plural}/${object.metadata.name}`, JSON.stringify(object)];
  }
  yield ["the operator's log", scene.logText()];
  yield* commandsOf(scene.world);
  for (const { instanceID, launchedAs, tags } of scene.world.ec2.fleet.instances()) {
    const userData = Buffer.from(launchedAs.userData ?? "", "base64").toString("utf8");
    yield [`the user data or tags of ${instanceID}`, `${userData}\n${JSON.stringify(tags)}`];
  }
}

function* commandsOf({ guests }: World): Generator<readonly [place: string, text: string]> {
  for (const { commandID, document, parameters, comment, invocations } of guests.commands()) {
    const told = `${comment}\n${JSON.stringify(parameters)}`;
    yield [`the parameters of command ${commandID} (${document.name})`, told];
    for (const { instanceID, output, errorOutput } of invocations.values())
      yield [`the output of command ${commandID} (${document.name}) on ${instanceID}`, `${output}\n${errorOutput}`];
  }
}

function textOf(value: SecretValue): string {
  return value.kind === "entraToken" ? value.accessToken : value.password;
}
