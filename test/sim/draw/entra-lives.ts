/**
 * The lives of the Entra side as a person asks for them: what the exhaustive campaign strikes write by write, and random plans build on.
 * Guarantees: each act waits until the one before has been answered, so that the end does not depend on when a crash came. Pure.
 */
import type { EntraDeed } from "../run/entra-deeds.ts";
import type { Act, Plan } from "../run/plan.ts";
import { quietPlan, RUN_FLAGS } from "./setting.ts";

export const ENTRA_FLAGS: readonly string[] = [...RUN_FLAGS, "--allow-self-approval"];
export const ENTRA_SHAPE = { replicas: 1, registration: "Credential" } as const;

/** The example's canary would come by schedule as well; whether members of AD arrive is asked where a plan says so. */
const UNSCHEDULED = { schedule: null, timeZone: null };
const WITHOUT_MEMBERS = { spec: { ...UNSCHEDULED, expect: { members: "None" } } };
const WITH_MEMBERS = { spec: UNSCHEDULED };

type Changes = NonNullable<Extract<EntraDeed, { kind: "applyEntra" }>["changes"]>;

export interface EntraShape {
  /** Merged into the example objects. */
  readonly changes?: Changes;
  /** A person turns membership on in the portal, and the canary asks for it. */
  readonly hasMembers?: boolean;
}

export const MEMBERSHIP_ON: EntraDeed = { kind: "portal", action: "membership", body: { isOn: true } };
const ASKED_AGAIN: EntraDeed = {
  kind: "editEntra",
  on: "canary",
  change: { metadata: { annotations: { "cloudsync.dev/requested-at": "2026-11-01T00:30:00Z" } } },
};

export const ENTRA_LIFE_NAMES = [
  "create",
  "membership",
  "removal",
  "addition",
  "mapping",
  "move",
  "handTaken",
  "scopeDeleted",
  "configurationDeleted",
] as const;
export type EntraLifeName = (typeof ENTRA_LIFE_NAMES)[number];

/** A host first, so that the canary has an agent to go through at once. */
export function entraCreated({ changes = {}, hasMembers = false }: EntraShape = {}): readonly Act[] {
  return [
    { afterMs: 0, isSettledFirst: false, deed: { kind: "apply" } },
    { afterMs: 1_000, isSettledFirst: true, deed: entraApplied(changes, hasMembers) },
  ];
}

export function entraApplied(changes: Changes = {}, hasMembers = false): EntraDeed {
  const canary = merge(hasMembers ? WITH_MEMBERS : WITHOUT_MEMBERS, changes.canary);
  return { kind: "applyEntra", changes: { ...changes, canary } };
}

export function entraLife(life: EntraLifeName): readonly Act[] {
  const { shape, turns } = LIVES[life];
  return [...entraCreated(shape), ...turns.map(settled)];
}

export function entraPlan(seed: number, acts: readonly Act[]): Plan {
  return { ...quietPlan(seed, ENTRA_SHAPE, acts), flags: ENTRA_FLAGS };
}

function settled(deed: EntraDeed): Act {
  return { afterMs: AFTER_REST_MS, isSettledFirst: true, deed };
}

const AFTER_REST_MS = 10_000;

export const NARROWER: EntraDeed = {
  kind: "editEntra",
  on: "sales",
  change: { spec: { selector: { displayNamePrefix: "sg-sales-j" } } },
};
/** Of the three groups in scope one is the share that may always leave. */
const LIVES: Readonly<Record<EntraLifeName, { readonly shape: EntraShape; readonly turns: readonly EntraDeed[] }>> = {
  create: { shape: {}, turns: [] },
  membership: { shape: { hasMembers: true }, turns: [MEMBERSHIP_ON, ASKED_AGAIN] },
  removal: { shape: {}, turns: [NARROWER] },
  addition: {
    shape: {},
    turns: [
      {
        kind: "editEntra",
        on: "canaryScope",
        change: { spec: { groups: { displayNames: ["sg-canary", "AD-Sales", "AD-Canary"] } } },
      },
    ],
  },
  mapping: {
    shape: {},
    turns: [
      {
        kind: "editEntra",
        on: "configuration",
        change: {
          spec: { entraToAD: { attributeMappings: [{ target: "description", expression: "Trim([displayName])" }] } },
        },
      },
    ],
  },
  move: {
    shape: { changes: { configuration: { spec: { change: { maxLeaving: 0, maxMoving: 0 } } } } },
    turns: [
      {
        kind: "editEntra",
        on: "configuration",
        change: {
          spec: { entraToAD: { targetContainer: { constant: "OU=Sales,OU=EntraGroups,DC=corp,DC=example,DC=com" } } },
        },
      },
    ],
  },
  handTaken: { shape: {}, turns: [{ kind: "unassign", group: "sg-sales-emea" }] },
  scopeDeleted: {
    shape: {
      changes: { sales: { spec: { deletionPolicy: "Delete", selector: { displayNamePrefix: "sg-sales-e" } } } },
    },
    turns: [{ kind: "deleteEntra", on: "sales" }],
  },
  configurationDeleted: { shape: {}, turns: [{ kind: "deleteEntra", on: "configuration" }] },
};

function merge(base: Readonly<Record<string, unknown>>, change: object | undefined): Readonly<Record<string, unknown>> {
  const { spec = {}, ...rest } = (change ?? {}) as { readonly spec?: object };
  return { ...base, ...rest, spec: { ...(base["spec"] as object), ...spec } };
}
