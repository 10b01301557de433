/** Builds a fault rule from command line options; the control API judges it. */
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";

interface FaultOptions {
  readonly service?: string;
  readonly action?: string;
  readonly match?: readonly string[];
  readonly probability?: number;
  readonly times?: number;
  readonly forMs?: number;
  readonly minimumMs?: number;
  readonly set?: readonly string[];
}

export function withFaultOptions(command: Command): Command {
  return command
    .option("--service <name>", "ec2, ssm, sts, ds, host, graph or login")
    .option("--action <name>", 'an action, or a beginning such as "Describe*"')
    .option(
      "--match <fact=pattern...>",
      "only calls about this, such as instanceID=i-... or availabilityZone=ap-northeast-1a",
    )
    .option("--probability <number>", "0 to 1", figure)
    .option("--times <number>", "strikes at most so often", figure)
    .option("--for-ms <ms>", "ends so long after now", figure)
    .option("--minimum-ms <ms>", "a used-up rule goes on at least so long after its first strike", figure)
    .option("--set <member=value...>", "members of the effect, such as code=InternalError or windowMs=5000");
}

/** @param nowMs the world's own time, which `--for-ms` counts from */
export function faultRule(kind: string, options: FaultOptions, nowMs: number): unknown {
  const { service, action, match, probability, times, minimumMs, forMs, set } = options;
  const effect = Object.fromEntries(
    (set ?? []).map(pair).map(([name, value]) => [name, /^\d+(\.\d+)?$/.test(value) ? Number(value) : value]),
  );
  return {
    service,
    action,
    probability,
    times,
    minimumMs,
    untilMs: forMs === undefined ? undefined : nowMs + forMs,
    match: match === undefined ? undefined : Object.fromEntries(match.map(pair)),
    effect: { kind, ...effect },
  };
}

function pair(text: string): readonly [string, string] {
  const separator = text.indexOf("=");
  if (separator < 1) throw new InvalidArgumentError(`${text} is not name=value`);
  return [text.slice(0, separator), text.slice(separator + 1)];
}

function figure(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number < 0) throw new InvalidArgumentError("give a number of 0 or more.");
  return number;
}
