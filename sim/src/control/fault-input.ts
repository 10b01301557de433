/** Reads fault rules from JSON. Guarantees: an unknown member, word or figure out of range is refused with its name, never ignored. */
import { isRecord } from "../core/input.ts";
import type { FactName, FaultEffect, FaultKind, FaultRule } from "../core/faults.ts";
import { FACT_NAMES, FAULT_KINDS } from "../core/faults.ts";
import { ControlRefusal } from "./hosts.ts";

type Member = "text" | "number" | "chance" | "symptom" | "moment";

/** Members of each effect; a trailing `?` marks an optional one. */
const EFFECT_MEMBERS: Readonly<Record<FaultKind, Readonly<Record<string, Member>>>> = {
  error: { code: "text", "message?": "text", "httpStatus?": "number" },
  throttle: { "retryAfterSeconds?": "number" },
  accessDenied: {},
  latency: { delayMs: "number" },
  lostResponse: { "symptom?": "symptom" },
  lostRequest: { "symptom?": "symptom" },
  duplicateDelivery: { "copies?": "number" },
  partialPage: { "itemsMax?": "number" },
  emptyList: {},
  emptyPage: {},
  failingPage: { "code?": "text", "httpStatus?": "number" },
  notFoundWindow: { windowMs: "number" },
  tagLag: { lagMs: "number" },
  capacity: { "available?": "number" },
  quota: { vCPUs: "number" },
  hostDeath: { "when?": "moment" },
  hostHang: { "when?": "moment" },
  hostSlow: { delayMs: "number" },
  hostExit: { exitCode: "number" },
};

const RULE_MEMBERS: Readonly<Record<string, Member>> = {
  "action?": "text",
  "probability?": "chance",
  "times?": "number",
  "fromMs?": "number",
  "untilMs?": "number",
  "minimumMs?": "number",
};
const SERVICES = ["ec2", "ssm", "sts", "ds", "host", "graph", "login"];

export function readFaultRule(value: unknown): FaultRule {
  if (!isRecord(value)) throw new ControlRefusal(400, "a fault rule is a JSON object");
  const { effect, match, service, ...rest } = value;
  checkMembers("the rule", rest, RULE_MEMBERS);
  if (service !== undefined && !(typeof service === "string" && SERVICES.includes(service))) {
    throw new ControlRefusal(400, `service is one of ${SERVICES.join(", ")}`);
  }
  if (!isRecord(effect)) throw new ControlRefusal(400, "effect is an object with a kind");
  const { kind, ...members } = effect;
  if (!isFaultKind(kind)) throw new ControlRefusal(400, `effect.kind is one of ${FAULT_KINDS.join(", ")}`);
  checkMembers(`effect ${kind}`, members, EFFECT_MEMBERS[kind]);
  checkMatch(match);
  // Every member was checked above against the tables of this file.
  return { ...(value as Omit<FaultRule, "effect">), effect: effect as FaultEffect };
}

function isFaultKind(value: unknown): value is FaultKind {
  return FAULT_KINDS.some((kind) => kind === value);
}

function checkMatch(match: unknown): void {
  if (match === undefined) return;
  if (!isRecord(match)) throw new ControlRefusal(400, "match is an object of patterns");
  for (const [name, pattern] of Object.entries(match)) {
    if (!FACT_NAMES.some((fact: FactName) => fact === name)) {
      throw new ControlRefusal(400, `match.${name} is none of ${FACT_NAMES.join(", ")}`);
    }
    if (typeof pattern !== "string")
      throw new ControlRefusal(400, `match.${name} is a text, with * at its end for any rest`);
  }
}

function checkMembers(
  what: string,
  members: Readonly<Record<string, unknown>>,
  table: Readonly<Record<string, Member>>,
): void {
  for (const [name, value] of Object.entries(members)) {
    const kind = table[name] ?? table[`${name}?`];
    if (kind === undefined) throw new ControlRefusal(400, `${what} has no member ${name}`);
    if (!CHECKS[kind](value)) throw new ControlRefusal(400, `${what}: ${name} must be ${WORDS[kind]}`);
  }
  const missing = Object.keys(table).find((name) => !name.endsWith("?") && members[name] === undefined);
  if (missing !== undefined) throw new ControlRefusal(400, `${what} needs ${missing}`);
}

const CHECKS: Readonly<Record<Member, (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string" && value !== "",
  number: (value) => typeof value === "number" && Number.isFinite(value) && value >= 0,
  chance: (value) => typeof value === "number" && value >= 0 && value <= 1,
  symptom: (value) => value === "reset" || value === "timeout",
  moment: (value) => value === "before" || value === "after",
};
const WORDS: Readonly<Record<Member, string>> = {
  text: "a text",
  number: "a number of 0 or more",
  chance: "a number from 0 to 1",
  symptom: "reset or timeout",
  moment: "before or after",
};
