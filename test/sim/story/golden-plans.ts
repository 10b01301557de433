/** The lives whose decisions are kept as golden stories: on real delays and with the product's own intervals, as users meet them. */
import { answered, created } from "../draw/lives.ts";
import { poolOf, RUN_FLAGS, type Shape } from "../draw/setting.ts";
import type { Act, Deed, Fault, Plan } from "../run/plan.ts";

export interface GoldenPlan {
  readonly name: string;
  readonly title: string;
  readonly plan: Plan;
}

const ONE = { replicas: 1, registration: "Credential" } as const;
const THREE = { replicas: 3, registration: "Credential" } as const;
const TWO_BY_HAND = { replicas: 2, registration: "Manual" } as const;
const MINUTE_MS = 60_000;
const GROUPS = "OU=EntraGroups,DC=corp,DC=example,DC=com";
/** The gMSA has no right there. */
const UNPREPARED = "OU=CloudSync,OU=Servers,DC=corp,DC=example,DC=com";
const GRANT_AT_ROOT: Deed = {
  kind: "edit",
  on: "domain",
  change: {
    spec: {
      provisioningContainers: [GROUPS, UNPREPARED],
      gmsa: {
        permissions: {
          mode: "Grant",
          scope: "DomainRoot",
          types: ["BasicRead", "UserGroupCreateDelete"],
          restrictAccount: true,
        },
        setupCredential: {
          secretARN: "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/setup-AbCdEf",
        },
      },
    },
  },
};
/** The first of several hours: what is at rest then has as many to come to its end. */
const LOOKED_AT: Act = { afterMs: 120 * MINUTE_MS, isSettledFirst: false, deed: { kind: "look", at: "two hours" } };

export const GOLDEN_PLANS: readonly GoldenPlan[] = [
  story("create", "Three agents are created, one registers at a time.", []),
  story("repair", "A host dies: its slot is filled again.", [{ kind: "host", action: "kill", index: 1 }]),
  story("replace", "A person deletes an agent: a successor is Ready before it goes.", [
    { kind: "deleteAgent", index: 0 },
  ]),
  story("scale-down", "From three to one, one after another.", [{ kind: "scale", replicas: 1 }]),
  story("delete", "The pool is deleted with everything it made.", [{ kind: "deletePool", propagation: "Background" }]),
  story("crash", "The operator is killed while hosts start, and again while one is replaced.", [
    { kind: "host", action: "kill", index: 0 },
    { kind: "operator", action: "kill", index: 0, forMs: 0 },
  ]),
  story(
    "no-capacity",
    "A zone has no room for 20 minutes.",
    [],
    [
      {
        on: "cloud",
        fromMs: 0,
        forMs: 20 * MINUTE_MS,
        rule: { action: "RunInstances", match: { availabilityZone: "ap-northeast-1c" }, effect: { kind: "capacity" } },
      },
    ],
  ),
  {
    name: "by-hand",
    title: "Two agents that a person registers.",
    plan: {
      ...base(8),
      pool: { spec: { replicas: 2, agent: { registration: { mode: "Manual", secretARN: null } } } },
      acts: created(TWO_BY_HAND),
    },
  },
  {
    name: "secrets",
    title: "A host's bootstrap profile is replaced, its credentials are waited out, the denial is proved.",
    plan: alone({ isBootstrapped: true }, { timeouts: { credentialExpiry: "7h" } }),
  },
  {
    name: "rights",
    title:
      "A container without rights is added, and they are given; then denied, which the next version of the agent brings to light.",
    plan: {
      ...base(6),
      flags: RUN_FLAGS,
      pool: { spec: { replicas: 1 } },
      acts: [
        ...created(ONE),
        soonAfter(provisionInto(GROUPS, UNPREPARED)),
        soonAfter({ kind: "rights", action: "Allow", distinguishedName: UNPREPARED }),
        soonAfter({ kind: "rights", action: "Deny", distinguishedName: UNPREPARED }),
        soonAfter({ kind: "updateAgents", version: "1.1.3000.0" }),
        // The deny entry stays: only what is declared can change back.
        soonAfter(provisionInto(GROUPS)),
      ],
    },
  },
  {
    name: "grant",
    title:
      "A host adds the rights at the domain's root while it is set up; its bootstrap profile is replaced afterwards.",
    plan: {
      ...alone({ isBootstrapped: true }, { replicas: 0, timeouts: { credentialExpiry: "7h" } }),
      acts: [
        { afterMs: 0, isSettledFirst: false, deed: { kind: "apply" } },
        { afterMs: MINUTE_MS, isSettledFirst: false, deed: GRANT_AT_ROOT },
        { afterMs: MINUTE_MS, isSettledFirst: false, deed: { kind: "scale", replicas: 1 } },
        LOOKED_AT,
      ],
    },
  },
  { name: "old-image", title: "The image's SSM agent is updated first.", plan: alone({ isImageOld: true }) },
  {
    name: "document",
    title: "The document of Join was changed, then deleted; it is put right after half an hour.",
    plan: {
      ...base(3),
      pool: { spec: { replicas: 1 } },
      acts: [
        { afterMs: 0, isSettledFirst: false, deed: documentOfJoin("change") },
        ...created(ONE),
        { afterMs: 20 * MINUTE_MS, isSettledFirst: false, deed: documentOfJoin("delete") },
        { afterMs: 10 * MINUTE_MS, isSettledFirst: false, deed: documentOfJoin("restore") },
      ],
    },
  },
];

function provisionInto(...provisioningContainers: readonly string[]): Deed {
  return { kind: "edit", on: "domain", change: { spec: { provisioningContainers } } };
}

function soonAfter(deed: Deed): Act {
  return { afterMs: 20 * MINUTE_MS, isSettledFirst: false, deed };
}

function documentOfJoin(action: "change" | "delete" | "restore"): Deed {
  return { kind: "document", step: "Join", action };
}

function alone(options: Partial<Shape>, change: Readonly<Record<string, unknown>> = {}): Plan {
  const { aws } = poolOf({ ...ONE, ...options })["spec"] as { readonly aws: object };
  const pool = { spec: { replicas: 1, aws, ...change } };
  // Renewals of the lease would be most of the run.
  return { ...base(1), flags: RUN_FLAGS, pool, acts: [...created(ONE), LOOKED_AT] };
}

function story(name: string, title: string, deeds: readonly Deed[], faults: readonly Fault[] = []): GoldenPlan {
  const acts: readonly Act[] = [
    ...created(THREE),
    ...deeds.flatMap((deed) => answered(deed, THREE, 10 * MINUTE_MS).map(soon(deed))),
  ];
  return { name, title, plan: { ...base(name.length), acts, faults } };
}

/** A process dies in the middle of things, a person waits. */
function soon({ kind }: Deed): (act: Act) => Act {
  return (act) => (kind === "operator" ? { ...act, isSettledFirst: false, afterMs: 3 * MINUTE_MS } : act);
}

function base(seed: number): Plan {
  return { seed, pool: {}, flags: [], delays: "real", operators: 1, acts: [], faults: [], strikes: [] };
}
