/**
 * The decisions of a run that matter to a person: launches, phases, Ready, released secrets, terminations, and what people and processes did.
 * Guarantees: no ids, no counts of calls; times are rounded, so that a change that moves nothing a person would notice moves no line.
 */
import type { Instance } from "../../../sim/src/ec2/instance.ts";
import { conditionOf } from "../run/rest.ts";
import type { Happening, Oracle, Scene } from "../run/scene.ts";

export interface DecisionLog extends Oracle {
  lines(): readonly string[];
}

const ROUNDED_TO_MS = 60_000;

export function decisionLog(): DecisionLog {
  const lines: string[] = [];
  const last = new Map<string, string>();
  const say = (scene: Scene, who: string, what: string): void => {
    const minutes = Math.round(scene.nowMs() / ROUNDED_TO_MS);
    lines.push(`${String(minutes).padStart(5)} min  ${who.padEnd(14)}  ${what}`);
  };
  const changed = (scene: Scene, who: string, what: string | undefined): void => {
    if (what === undefined || last.get(who) === what) return;
    last.set(who, what);
    say(scene, who, what);
  };
  return {
    name: "decisions",
    after(happening, scene) {
      const deed = deedOf(happening);
      if (deed !== undefined) say(scene, ...deed);
      scene.world.ec2.fleet.instances().forEach((host, index) => changed(scene, `host ${index + 1}`, lifeOf(host)));
      for (const plural of ["cloudsyncagents", "cloudsyncagentpools"])
        for (const object of scene.objects(plural)) {
          const phase = object.status?.["phase"];
          const ready = conditionOf(object, "Ready");
          const secrets = conditionOf(object, "SecretsReleased");
          const rights = conditionOf(object, "RightsEffective");
          const isNamed = secrets !== undefined && secrets.reason !== "NoBootstrapProfile";
          const words = [
            typeof phase === "string" ? phase : "",
            ready === undefined ? "" : `Ready=${ready.status} ${ready.reason}`,
            isNamed ? `SecretsReleased=${secrets.status} ${secrets.reason}` : "",
            rights?.status === "False" ? `RightsEffective=False ${rights.reason}` : "",
          ];
          changed(scene, object.metadata.name, words.filter((word) => word !== "").join(", ") || undefined);
        }
      return undefined;
    },
    lines: () => lines,
  };
}

function deedOf(happening: Happening): readonly [who: string, what: string] | undefined {
  if (happening.kind === "life") return [happening.operator, happening.what];
  if (happening.kind !== "deed") return undefined;
  const { kind, ...rest } = happening.deed;
  const details = JSON.stringify(rest);
  return ["person", details === "{}" ? kind : `${kind} ${details}`];
}

function lifeOf({ state, launchedAs, tags }: Instance): string | undefined {
  if (state === "terminated") return "terminated";
  if (state === "shutting-down") return "ends";
  const agent = tags["cloudsync.dev/agent"] ?? "nobody";
  return state === "stopped" ? "stopped" : `launched for ${agent} in ${launchedAs.availabilityZone}`;
}
