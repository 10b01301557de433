/** The directory about a scenario's host, as the stand-ins read it. The times of computer objects are counted from now, as the world's are from its clock. */
import type { Scenario, Trouble } from "../scenarios/scenario.ts";
import { CONTAINER, DOMAIN, GROUP, PEER, ROOT, STAGE_STATES } from "../scenarios/stages.ts";
import { HOST_GROUP, SECRETS, UNIT } from "./surroundings.ts";

const MINUTE_MS = 60_000;
const OWN_GUID = "5d000000-0000-4000-8000-0000000000a1";
const PEER_GUID = "5d000000-0000-4000-8000-0000000000a2";

export interface StandInComputer {
  readonly organizationalUnit: string;
  readonly creator: string;
  readonly guid: string;
  readonly createdAt: string;
  /** null: no controller has seen one. */
  readonly lastLogonAt: string | null;
  readonly hasChildren: boolean;
}

export interface StandInDirectory {
  computers: Record<string, StandInComputer>;
  members: string[];
  badBinds: number;
  rights: string[];
  isRestricted: boolean;
  [other: string]: unknown;
}

export function directoryOf({ before, beside, trouble }: Scenario): StandInDirectory {
  const stage = STAGE_STATES[before];
  const name = stage.computerName;
  const isDeleted = trouble?.kind === "membership" && trouble.is === "deleted";
  const isOut = isDeleted || (trouble?.kind === "serviceAccountLost" && trouble.by === "groupMembership");
  const own = stage.domain === null || name === undefined || isDeleted ? {} : { [name]: computer(OWN_GUID, 60) };
  const taken = trouble?.kind === "computerTaken" ? { CSA1: { ...computer(OWN_GUID, 600), creator: "someone" } } : {};
  const ownMembers = stage.isHostGroupMember && name !== undefined && !isOut ? [name] : [];
  return {
    dnsName: DOMAIN,
    netBIOSName: "CORP",
    hostGroup: HOST_GROUP,
    organizationalUnit: UNIT,
    root: ROOT,
    container: CONTAINER,
    computers: { ...taken, ...own, ...peerOf(beside, trouble) },
    members: [...ownMembers, ...(beside === "livePeer" || beside === "deadPeer" ? [PEER] : [])],
    peerAnswers: beside === "livePeer",
    accounts: {
      "svc-join": { password: SECRETS.join.value, state: "" },
      "svc-setup": { password: SECRETS.setup.value, state: "" },
      "svc-leave": { password: SECRETS.leave.value, state: trouble?.kind === "leaveAccount" ? trouble.is : "" },
    },
    serviceAccounts: serviceAccountsOf(trouble),
    rights: trouble?.kind === "accessEntry" ? [ENTRIES[trouble.is]] : [],
    isRestricted: false,
    groups: groupsOf(trouble),
    badBinds: 0,
  };
}

const ENTRIES = {
  deniedAbove: `Deny WriteGroups on ${ROOT}`,
  partlyAllowed: `Allow WriteGroups on ${CONTAINER}`,
} as const;

function computer(guid: string, ageMinutes: number): StandInComputer {
  const createdAt = instant(-ageMinutes);
  return {
    organizationalUnit: UNIT,
    creator: "CORP\\svc-join",
    guid,
    createdAt,
    lastLogonAt: null,
    hasChildren: false,
  };
}

function peerOf(beside: Scenario["beside"], trouble: Trouble | undefined): Record<string, StandInComputer> {
  if (beside === undefined) return {};
  const peer = computer(PEER_GUID, beside === "computer" ? 600 : 30);
  const lastLogonAt = beside === "computer" ? null : instant(beside === "deadPeer" ? -1 : 0);
  const elsewhere =
    trouble?.kind === "peerComputer" && trouble.is === "elsewhere" ? { organizationalUnit: CONTAINER } : {};
  const hasChildren = trouble?.kind === "peerComputer" && trouble.is === "hasChildren";
  return { [PEER]: { ...peer, lastLogonAt, hasChildren, ...elsewhere } };
}

/** Who may read each gMSA's password. */
function serviceAccountsOf(trouble: Trouble | undefined): Readonly<Record<string, readonly string[]>> {
  if (trouble?.kind === "gmsa" && trouble.is === "missing") return {};
  const readers = trouble?.kind === "gmsa" && trouble.is === "notAllowed" ? [] : [HOST_GROUP];
  return { gmsaCloudSync$: readers, ...(trouble?.kind === "otherServiceAccount" ? { gmsaOther$: [] } : {}) };
}

interface StandInGroup {
  readonly distinguishedName: string;
  readonly anchor: string;
  readonly sid: string;
  readonly guid: string;
  readonly memberGUIDs: readonly string[];
  readonly hasHiddenMembers: boolean;
}

function groupsOf(trouble: Trouble | undefined): readonly StandInGroup[] {
  const { distinguishedName, anchor, sid, objectGUID, memberGUIDs } = GROUP;
  const group = { distinguishedName, anchor, sid, guid: objectGUID, memberGUIDs, hasHiddenMembers: false };
  if (trouble?.kind !== "provisionedGroup") return [group];
  switch (trouble.is) {
    case "absent":
      return [];
    case "twice":
      return [
        group,
        { ...group, guid: "5d000000-0000-4000-8000-000000000004", distinguishedName: `CN=twin,${CONTAINER}` },
      ];
    case "hidden":
      return [{ ...group, hasHiddenMembers: true }];
    case "empty":
      return [{ ...group, memberGUIDs: [] }];
  }
}

/** Whole seconds, so many minutes from now. */
export function instant(minutes: number): string {
  return new Date(Date.now() + minutes * MINUTE_MS).toISOString().replace(/\.\d+/, "");
}
