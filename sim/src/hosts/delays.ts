/**
 * Delays inside hosts. Boot until SSM shows the host: typically 3-8 minutes (aws.md 4) [general]; the agent's sleep without credentials:
 * 25-30 minutes (amazon-ssm-agent, core/app/credentialrefresher). How long steps take is estimated [unverified].
 * What is written with `jittered` varies by a fifth in both directions.
 */
import type { DelayRows } from "../core/delays.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const HOST_DELAYS: DelayRows = {
  /** Power on to Windows up (jittered). */
  "host.boot": { realMs: 5 * MINUTE_MS, demoMs: 2_500 },
  /** Restart to Windows up, images need no first set-up any more (jittered). */
  "host.reboot": { realMs: 90_000, demoMs: 1_200 },
  /** Windows up to the SSM agent's first ping (jittered). */
  "host.agentStart": { realMs: 20_000, demoMs: 300 },
  /** Without an instance profile the agent sleeps so long (jittered) before it looks again. */
  "host.credentialSleep": { realMs: 27.5 * MINUTE_MS, demoMs: 15_000, zeroMs: 27.5 * MINUTE_MS },
  /** After a profile was replaced, until the instance metadata gives credentials of the new one: no figure is documented [unverified]. */
  "host.metadataRefresh": { realMs: MINUTE_MS, demoMs: 500 },
  /**
   * Credentials that were given before stay valid for so long. EC2 documents no figure: they are rotated by themselves, the maximum session duration
   * of the role does not bound them (IAM API Reference, UpdateRole); about six and a half hours are seen [unverified].
   */
  "host.credentialLifetime": { realMs: 6.5 * HOUR_MS, demoMs: MINUTE_MS, zeroMs: 90_000 },
  /** AWS-UpdateSSMAgent, from its start to the restart of the agent [unverified]. */
  "host.ssmAgentUpdate": { realMs: 90_000, demoMs: 1_000 },
  /** A script that finds its work done, or its first result stored. */
  "host.recheck": { realMs: 3_000, demoMs: 100 },
  "host.step.Probe": { realMs: 3_000, demoMs: 100 },
  "host.step.Preflight": { realMs: 15_000, demoMs: 400 },
  "host.step.Join": { realMs: 40_000, demoMs: 800 },
  "host.step.Install": { realMs: 2 * MINUTE_MS, demoMs: 1_500 },
  "host.step.Register": { realMs: 30_000, demoMs: 800 },
  "host.step.Configure": { realMs: MINUTE_MS, demoMs: 1_000 },
  "host.step.Drain": { realMs: 10_000, demoMs: 300 },
  "host.step.ProveSecretDenied": { realMs: 5_000, demoMs: 100 },
  /** Any other script. */
  "host.script": { realMs: 2_000, demoMs: 100 },
  /** Entra: "inactive after about one hour", soft-deleted after about 10 days (cloud sync FAQ). */
  "entra.inactiveAfter": { realMs: HOUR_MS, demoMs: HOUR_MS, zeroMs: HOUR_MS },
  "entra.softDeletedAfter": { realMs: 10 * DAY_MS, demoMs: 10 * DAY_MS, zeroMs: 10 * DAY_MS },
};
