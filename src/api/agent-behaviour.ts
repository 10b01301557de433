/** How an agent is watched and how long its steps may take: declared by the pool and in force on its agents at once; frozen in the agent for when there is no pool; never part of the template hash. */
import { duration } from "./durations.ts";
import type { Rule } from "./schema.ts";

export const healthShape = {
  probeInterval: duration("Time between two cheap commands on a host.", { min: "1s", max: "1h" }).default("5m"),
  evidenceMaxAge: duration("Ready needs evidence younger than this.", { min: "2s", max: "24h" }).default("15m"),
};
export const HEALTH_RULE: Rule = {
  rule: "duration(self.evidenceMaxAge) > duration(self.probeInterval)",
  message:
    "set health.evidenceMaxAge above health.probeInterval, best to three times it: otherwise Ready lapses between two probes",
};

const step = (description: string, preset: string) => duration(description, { min: "1s", max: "168h" }).default(preset);
export const timeoutsShape = {
  online: step("From launch until SSM sees the host.", "20m"),
  preflight: step("For the checks before the join.", "10m"),
  join: step("For the join with its reboots.", "30m"),
  install: step("For download, verification and installation.", "20m"),
  registration: step("Until the host is registered; for Manual, the time a person has.", "24h"),
  configure: step("For the gMSA and domain set-up.", "20m"),
  drain: step("For stopping the agent before its host goes.", "10m"),
  credentialExpiry: step(
    "How long credentials of the bootstrap profile are waited out after it was replaced; EC2 documents no lifetime.",
    "12h",
  ),
};
