/**
 * What hands do on the Entra side, right or wrong: at kubectl, in the directory, in the portal; and how one of it is drawn.
 * Guarantees: every kind of Entra deed is among them. Pure.
 */
import type { EntraDeed, EntraObject } from "../run/entra-deeds.ts";
import type { Chance } from "./chance.ts";
import { entraApplied, MEMBERSHIP_ON, NARROWER } from "./entra-lives.ts";

type Draw = (chance: Chance) => EntraDeed;

const USERS = ["Aiko Mori", "Dana Cloud"] as const;
const GROUPS = ["sg-canary", "sg-sales-japan", "sg-sales-emea", "sg-sales-new"] as const;

function edit(on: EntraObject, spec: object): EntraDeed {
  return { kind: "editEntra", on, change: { spec } };
}

const prefix = (text: string): EntraDeed => edit("sales", { selector: { displayNamePrefix: text } });

const EDITS: readonly EntraDeed[] = [
  prefix("sg-sales-"),
  prefix("sg-sals-"),
  prefix("sg-sales-e"),
  NARROWER,
  edit("sales", { mode: "Observe" }),
  edit("sales", { mode: "Enforce" }),
  edit("sales", { deletionPolicy: "Delete" }),
  edit("canaryScope", { groups: { displayNames: ["sg-canary", "AD-Sales"] } }),
  edit("canaryScope", { groups: { displayNames: ["sg-canary"] } }),
  edit("canaryScope", { groups: { displayNames: ["AD-Canary"] } }),
  edit("configuration", { state: "Paused" }),
  edit("configuration", { state: "Running" }),
  edit("configuration", { mode: "Observe" }),
  edit("configuration", { mode: "Enforce" }),
  edit("configuration", { start: { gateRef: null, withoutTest: true } }),
  edit("configuration", { allowedNamespaces: { entries: [] } }),
  edit("configuration", { deletionThreshold: { value: 2 } }),
  edit("configuration", { notifications: { recipients: ["oncall@contoso.example"] } }),
  edit("configuration", { scopePolicy: { removalCeiling: { maxCount: 1 } } }),
  edit("configuration", { quarantine: { restart: "Never" } }),
  edit("configuration", {
    entraToAD: { attributeMappings: [{ target: "description", expression: "Trim([displayName])" }] },
  }),
  edit("configuration", {
    entraToAD: { targetContainer: { constant: "OU=Sales,OU=EntraGroups,DC=corp,DC=example,DC=com" } },
    change: { maxMoving: 0 },
  }),
];

const PORTAL: readonly EntraDeed[] = [
  { kind: "portal", action: "start", body: {} },
  { kind: "portal", action: "pause", body: {} },
  { kind: "portal", action: "quarantine", body: {} },
  { kind: "portal", action: "quarantine", body: {} },
  { kind: "portal", action: "restart", body: {} },
  { kind: "portal", action: "settings", body: { Url: "https://theirs.example" } },
  { kind: "portal", action: "settings", body: { Password: "a-true-secret" } },
  { kind: "portal", action: "settings", body: { Domain: null } },
  { kind: "portal", action: "mapping", body: { target: "displayName", expression: "Trim([displayName])" } },
  { kind: "portal", action: "mapping", body: { target: "parentDistinguishedName", constant: "OU=CloudSync,DC=corp" } },
  MEMBERSHIP_ON,
];

const APPROVED = ["sales", "sales", "canaryScope", "configuration"] as const;

const PERMISSIONS = [
  "User.Read.All",
  "GroupMember.Read.All",
  "Synchronization.ReadWrite.All",
  "ProvisioningLog.Read.All",
] as const;

const HANDS: readonly Draw[] = [
  (chance) => chance.pick(EDITS),
  (chance) => chance.pick(EDITS),
  (chance) => chance.pick(PORTAL),
  (chance) => chance.pick(PORTAL),
  (chance) => ({ kind: "approve", on: chance.pick(APPROVED) }),
  (chance) => ({ kind: "approve", on: chance.pick(APPROVED) }),
  (chance) => ({
    kind: "group",
    name: chance.pick(["sg-sales-new", "sg-sales-japan", "sg-canary"]),
    action: { kind: "create", members: chance.happens(0.5) ? [chance.pick(USERS)] : [] },
  }),
  (chance) => ({ kind: "group", name: chance.pick(GROUPS), action: { kind: "delete" } }),
  (chance) => ({
    kind: "group",
    name: chance.pick(GROUPS),
    action: { kind: "rename", to: chance.pick(["sg-sales-new", "sg-sales-japan", "sg-retired"]) },
  }),
  (chance) => ({
    kind: "group",
    name: chance.pick(GROUPS),
    action: { kind: chance.pick(["addMember", "removeMember"]), user: chance.pick(USERS) },
  }),
  (chance) => ({ kind: "group", name: chance.pick(GROUPS), action: { kind: "mailEnable" } }),
  (chance) => ({ kind: "manyGroups", prefix: "sg-sales-x", count: chance.whole(3, 12) }),
  (chance) => ({ kind: "assign", group: chance.pick(["AD-Sales", "AD-Dynamic"]) }),
  (chance) => ({ kind: "unassign", group: chance.pick(GROUPS) }),
  (chance) => ({ kind: "deleteEntra", on: chance.pick(["sales", "canaryScope", "canary", "configuration"]) }),
  (chance) => ({
    kind: "consent",
    action: chance.pick(["withdraw", "withdraw", "grant"]),
    permission: chance.pick(PERMISSIONS),
  }),
  () => entraApplied(),
];

export function drawEntraDeed(chance: Chance): EntraDeed {
  return chance.pick(HANDS)(chance);
}
