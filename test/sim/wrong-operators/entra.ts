/**
 * Operators that are wrong about Entra. Their mistakes show only after two or three deeds in the right order, so that nearly each has a plan of its own.
 * Guarantees: a plan that needs no host has none: its configuration goes without a test, and a run is half as long.
 */
import { entraApplied, entraCreated, entraPlan, NARROWER } from "../draw/entra-lives.ts";
import type { EntraDeed } from "../run/entra-deeds.ts";
import type { Act, CloudFault, Deed, Plan } from "../run/plan.ts";
import type { WrongOperator } from "./wrong-operator.ts";

const MINUTE_MS = 60_000;

interface Hostless {
  /** So that its job may start; else it stays paused, and the job's own cycles do not get in the way. */
  readonly isRunning?: boolean;
  readonly changes?: Parameters<typeof entraApplied>[0];
  /** Before anything is applied. */
  readonly earlier?: readonly Deed[];
}

/** A configuration alone, without a host and without a test. */
function hostless(
  seed: number,
  acts: readonly Act[],
  { isRunning = false, changes = {}, earlier = [] }: Hostless = {},
): Plan {
  const configuration = {
    spec: { state: isRunning ? "Running" : "Paused", start: { gateRef: null, withoutTest: true } },
  };
  return {
    ...entraPlan(seed, [
      ...[...earlier, { kind: "apply" } as const].map((deed) => ({ afterMs: 0, isSettledFirst: false, deed })),
      { afterMs: 1_000, isSettledFirst: false, deed: entraApplied({ ...changes, configuration }) },
      ...acts,
    ]),
    pool: { spec: { replicas: 0 } },
  };
}

function settled(...deeds: readonly Deed[]): readonly Act[] {
  return deeds.map((deed) => ({ afterMs: 1_000, isSettledFirst: true, deed }));
}

function onGraph(window: { readonly fromMs: number; readonly forMs: number }, rule: Rule): CloudFault {
  return { on: "cloud", ...window, rule: { service: "graph", ...rule } };
}
type Rule = Omit<CloudFault["rule"], "service">;

const TROUBLES: readonly Rule["effect"][] = [
  { kind: "error", code: "ServiceUnavailable", httpStatus: 503 },
  { kind: "accessDenied" },
  { kind: "throttle", retryAfterSeconds: 300 },
];
const KILLED: Deed = { kind: "operator", action: "kill", index: 0, forMs: 0 };
const portal = (action: string, body: Readonly<Record<string, unknown>> = {}): EntraDeed => ({
  kind: "portal",
  action,
  body,
});
const names = (...displayNames: readonly string[]) => ({ spec: { groups: { displayNames } } });
const OLD_CONTAINER = "OU=EntraGroups,DC=corp,DC=example,DC=com";
const NEW_CONTAINER = "OU=Sales,OU=EntraGroups,DC=corp,DC=example,DC=com";
const MOVED: EntraDeed = {
  kind: "editEntra",
  on: "configuration",
  change: { spec: { entraToAD: { targetContainer: { constant: NEW_CONTAINER } } } },
};
/** Nothing may move without approval. */
const STRICT = { configuration: { spec: { change: { maxLeaving: 0, maxMoving: 0 } } } };

/** A fleet that serves, and hours in which Entra answers with nothing but trouble, one kind after the other. */
const ENTRA_IN_TROUBLE: Plan = {
  ...entraPlan(60, entraCreated()),
  faults: TROUBLES.map((effect, index) =>
    onGraph({ fromMs: (10 + 45 * index) * MINUTE_MS, forMs: 40 * MINUTE_MS }, { effect }),
  ),
};

export const ENTRA_WRONG_OPERATORS: readonly WrongOperator[] = [
  {
    name: "removes-on-half-page",
    sentence: "A list of which a later page failed counts as read.",
    // Its successor knows no selector yet and reads half of one: within the budget of one group.
    plan: {
      ...hostless(51, [{ afterMs: MINUTE_MS, isSettledFirst: false, deed: KILLED }]),
      faults: [{ kind: "partialPage", itemsMax: 1 } as const, { kind: "failingPage" } as const].map((effect) =>
        onGraph({ fromMs: MINUTE_MS, forMs: 10 * MINUTE_MS }, { action: "GET /groups", effect }),
      ),
    },
    edits: [
      {
        file: "src/entra/call/read-pages.ts",
        find: '{ kind: "partial", items, failure };\n    if (outcome.kind',
        replace: '{ kind: "complete", items };\n    if (outcome.kind',
      },
    ],
  },
  {
    name: "ignores-configuration-edits",
    sentence: "What an edit of the configuration lets leave or move is written without a plan.",
    plan: entraPlan(52, [...entraCreated({ changes: STRICT }), ...settled(MOVED)]),
    edits: [
      {
        file: "src/sync/configuration/change.ts",
        find: "  const impact = impactIn(found);\n",
        replace: "  const impact = NO_IMPACT;\n",
      },
    ],
  },
  {
    name: "counts-budget-per-pass",
    sentence: "What has left before this pass is not counted.",
    plan: hostless(53, settled(NARROWER, { kind: "editEntra", on: "canaryScope", change: names("sg-canary") }), {
      changes: { canaryScope: names("sg-canary", "AD-Sales") },
    }),
    edits: [
      {
        file: "src/sync/scope/budget.ts",
        find: "(atMs > sinceMs ? sum + count : sum)",
        replace: "(atMs > sinceMs + nowMs ? sum + count : sum)",
      },
    ],
  },
  {
    name: "replays-approvals",
    sentence: "A plan has the same hash each time it is made, so that an approval is good for ever.",
    // The approval stays in the document; later a hand in the portal makes the same change due again.
    plan: entraPlan(54, [
      ...entraCreated({ changes: STRICT }),
      ...settled(MOVED, { kind: "approve", on: "configuration" }),
      {
        afterMs: 20 * MINUTE_MS,
        isSettledFirst: false,
        deed: portal("mapping", { target: "parentDistinguishedName", constant: OLD_CONTAINER }),
      },
    ]),
    edits: [
      {
        file: "src/sync/approval.ts",
        find: "sha256Hex(canonicalJSON(content), serial)",
        replace: "sha256Hex(canonicalJSON(content), 0)",
      },
    ],
  },
  {
    name: "starts-in-quarantine",
    sentence: "A quarantined job that somebody paused looks like any paused job, and is started.",
    plan: hostless(
      55,
      [...settled(portal("quarantine")), { afterMs: 10 * MINUTE_MS, isSettledFirst: false, deed: portal("pause") }],
      { isRunning: true },
    ),
    edits: [
      {
        file: "src/sync/configuration/quarantine.ts",
        find: '  if (quarantine === undefined && code !== "Quarantine") {\n',
        replace:
          '  if (code === "Paused") return undefined;\n  if (quarantine === undefined && code !== "Quarantine") {\n',
      },
    ],
  },
  {
    name: "resends-masked-secrets",
    sentence: "Values that Entra masks go back as they were read.",
    plan: hostless(
      56,
      settled(portal("settings", { Password: "a-true-secret" }), {
        kind: "editEntra",
        on: "configuration",
        change: { spec: { notifications: { recipients: ["oncall@contoso.example"] } } },
      }),
    ),
    edits: [
      {
        file: "src/sync/configuration/secrets.ts",
        find: '  if (masked.length > 0) return { kind: "blocked", keys: masked, differences };\n',
        replace: "",
      },
      {
        file: "src/entra/secrets/graph.ts",
        find: "if (masked !== undefined) return",
        replace: 'if (masked?.key === "") return',
      },
    ],
  },
  {
    name: "creates-without-looking",
    sentence: "Whether Entra has such a configuration already is not looked up before one is made.",
    plan: {
      ...hostless(57, []),
      faults: [
        onGraph(
          { fromMs: 0, forMs: 5 * MINUTE_MS },
          {
            action: "POST /applicationTemplates/{applicationTemplate-id}/instantiate",
            effect: { kind: "lostResponse", symptom: "reset" },
          },
        ),
      ],
    },
    edits: [
      {
        file: "src/controllers/configuration/search.ts",
        find: "readCandidates(all.items, about, ports, signal)",
        replace: "readCandidates([], about, ports, signal)",
      },
    ],
  },
  {
    name: "restarts-in-a-loop",
    sentence: "The job is restarted whenever its schema has been read, changed or not.",
    edits: [
      {
        file: "src/sync/configuration/running.ts",
        find: "  if (restart === undefined) return undefined;\n",
        replace:
          '  if (restart === undefined) return { kind: "restart", jobID, flags: [], cause: { kind: "change" } };\n',
      },
    ],
  },
  {
    name: "treats-null-as-cloud-only",
    sentence: "Of a member that the identity may not read, null counts as: of the cloud.",
    plan: hostless(59, [], {
      earlier: [{ kind: "consent", action: "withdraw", permission: "User.Read.All" }],
    }),
    edits: [
      {
        file: "src/entra/groups/parse-group.ts",
        find: "(isReadable(kind, value) ? false : undefined)",
        replace: "false",
      },
    ],
  },
  {
    name: "entra-trouble-costs-hosts",
    sentence: "A host that was set up, and of which Entra tells nothing good any more, counts as gone.",
    plan: ENTRA_IN_TROUBLE,
    edits: [
      {
        file: "src/controllers/pool/pool-agent.ts",
        find: "    host: hostState(agent, listing),\n",
        replace:
          '    host: status.views?.some(({ name, status: is, since }) => name === "Entra" && is !== "Ok" && Date.parse(since) > Date.parse(metadata.creationTimestamp) + 600_000) === true ? "gone" : hostState(agent, listing),\n',
      },
    ],
  },
];
