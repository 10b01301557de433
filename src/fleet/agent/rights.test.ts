import fc from "fast-check";
import type { AgentRights } from "../../api/cloud-sync-agent-status.ts";
import {
  anAgent,
  anAgentSnapshot,
  HEALTHY_FACTS,
  INSTANCE_ID,
  NOW_MS,
  type AgentOverrides,
} from "../testing/builders.ts";
import { decideAgent, type AgentAction } from "./decide.ts";
import { declaredRights } from "./rights-commands.ts";
import { judgeRights } from "./rights.ts";
import type { AgentSnapshot } from "./snapshot.ts";
import { agentFindings, agentPhase } from "./summary.ts";
import { judgeLinks } from "./links.ts";

const SETUP = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/setup-AbCdEf";
const GROUPS = "OU=EntraGroups,DC=corp,DC=example,DC=com";
const VERSION = "1.1.2505.0";
const GRANT = { permissionsMode: "Grant", setupSecretARN: SETUP };
const ROOT = { ...GRANT, permissionTypes: ["UserGroupCreateDelete"] };
const MISSING = finding({ missing: ["CreateGroups", "WriteGroups"] });

function finding(parts: object): object {
  return { distinguishedName: GROUPS, effective: [], granted: [], missing: [], denied: [], ...parts };
}

function instant(fromNowMs: number): string {
  return new Date(NOW_MS + fromNowMs).toISOString().replace(".000Z", "Z");
}

interface Case {
  readonly gmsa?: object;
  readonly containers?: readonly string[];
  readonly mode?: "Verify" | "Grant";
  readonly rights?: Partial<AgentRights>;
  readonly agent?: AgentOverrides;
  /** Stored conditions beside the links. */
  readonly isReady?: boolean;
  readonly status?: object;
  readonly changes?: Partial<AgentSnapshot>;
}

function host({ gmsa = {}, containers = [GROUPS], mode, rights, agent = {}, isReady, status, changes }: Case = {}) {
  const isGrant = "permissionsMode" in gmsa && gmsa.permissionsMode === "Grant";
  const declared = { mode: mode ?? (isGrant ? "Grant" : "Verify"), containers } as const;
  const at = (record: Partial<AgentRights> | undefined): AgentSnapshot =>
    anAgentSnapshot({
      agent: anAgent({
        passed: isReady === true ? [...LINKS, "Ready"] : "all",
        gmsa,
        ...agent,
        status: {
          instanceID: INSTANCE_ID,
          agentVersion: VERSION,
          ...(record === undefined ? {} : { rights: record }),
          ...status,
        },
      }),
      rights: declared,
      ...changes,
    });
  if (rights === undefined) return at(undefined);
  const now = declaredRights(at(undefined));
  const digest = now.kind === "declared" ? now.digest : "0".repeat(16);
  return at({ digest, runs: 1, done: 0, failures: 0, ...rights });
}

const LINKS = ["Launched", "Online", "PreflightPassed", "Joined", "Installed", "Registered", "Configured", "Healthy"];
const step = (name = "Permissions") => ({
  step: {
    name,
    operationID: "a".repeat(32),
    startedAt: instant(-60_000),
    deadline: instant(600_000),
    attempts: 1,
  },
});
const answered = (facts: object) => ({ step: { kind: "succeeded", facts } as AgentSnapshot["step"] });
const ERROR = { class: "Person", reason: "RightsMissing", message: "CORP lacks.", fix: "Add it." };

type StepAction = Extract<AgentAction, { kind: "step" }>;

function stepOf(snapshot: AgentSnapshot): StepAction {
  const { action } = decideAgent(snapshot);
  if (action.kind !== "step") throw new Error(`it is ${action.kind}`);
  return action;
}
const parametersOf = (snapshot: AgentSnapshot) => stepOf(snapshot).step.parameters(snapshot.agent.spec.template, "uid");

type Row = readonly [
  sentence: string,
  shown: Case,
  action: AgentAction["kind"],
  words: readonly [status: string, reason: string],
];
const FORMER = { digest: "f".repeat(16), verifiedAt: instant(-3_600_000), done: 1, runs: 4 };
const PROVED = { verifiedAt: instant(-60_000), done: 1 };

const rows: readonly Row[] = [
  ["nothing declared is nothing looked at", { containers: [] }, "rest", ["Unknown", "NothingDeclared"]],
  [
    "a domain that is not there changes nothing",
    { changes: { rights: undefined } },
    "rest",
    ["Unknown", "DomainNotRead"],
  ],
  [
    "a host that is being set up is not asked yet",
    { agent: { passed: LINKS.slice(0, 6) } },
    "step",
    ["Unknown", "AwaitingConfiguration"],
  ],
  ["a configured host looks", {}, "step", ["Unknown", "AwaitingVerification"]],
  ["rights that were found in place are not looked at again", { rights: PROVED }, "rest", ["True", "RightsVerified"]],
  ["another version is looked at once", { rights: FORMER, isReady: true }, "step", ["Unknown", "AwaitingVerification"]],
  [
    "a missing right is looked at again when its time comes",
    { rights: { lastError: ERROR, failures: 1, retryAt: instant(-1_000) } },
    "step",
    ["False", "RightsMissing"],
  ],
  [
    "and not before",
    { rights: { lastError: ERROR, failures: 1, retryAt: instant(60_000) } },
    "rest",
    ["False", "RightsMissing"],
  ],
  [
    "unless a person asks",
    {
      rights: { lastError: ERROR, failures: 1, retryAt: instant(60_000) },
      agent: { metadata: { annotations: { "cloudsync.dev/requested-at": "now" } } },
    },
    "step",
    ["False", "RightsMissing"],
  ],
  [
    "a refused set-up account is never tried again by itself",
    { gmsa: GRANT, rights: { lastError: { ...ERROR, class: "Credential", reason: "CredentialRefused" }, failures: 1 } },
    "rest",
    ["False", "CredentialRefused"],
  ],
  [
    "a host that is not heard of is not asked",
    { changes: { node: { kind: "notListed" } }, isReady: true },
    "rest",
    ["Unknown", "AwaitingVerification"],
  ],
  [
    "a proof that is under way is not disturbed",
    { status: step("ProveSecretDenied"), changes: { step: { kind: "running", statusDetails: "InProgress" } } },
    "rest",
    ["Unknown", "AwaitingVerification"],
  ],
  [
    "the account that the agent chose is looked for in its probe first",
    { gmsa: { mode: "AgentDefault", setupSecretARN: SETUP }, changes: { probe: { kind: "unread" } } },
    "rest",
    ["Unknown", "AwaitingConfiguration"],
  ],
];

test.each(rows)("%s", (_sentence, shown, action, [status, reason]) => {
  const snapshot = host(shown);
  expect(decideAgent(snapshot).action.kind).toBe(action);
  expect(judgeRights(snapshot)).toMatchObject({ status, reason });
});

describe("what a host is told", () => {
  test("by default it only looks, at the provisioning containers, and knows no secret", () => {
    expect(parametersOf(host())).toEqual({
      domainName: "corp.example.com",
      gmsaName: "gmsaCloudSync$",
      mode: "Verify",
      provisioningContainers: GROUPS,
      setupSecretARN: "",
    });
  });

  test("with Grant it adds what is missing there, under the domain's registration slot", () => {
    const snapshot = host({ gmsa: GRANT });
    expect(parametersOf(snapshot)).toMatchObject({ mode: "Grant", setupSecretARN: SETUP });
    expect(stepOf(snapshot).progress).toEqual({ kind: "begin", attempt: 1, takesSlot: true });
  });

  test("a Grant that was taken back in the domain, or was not yet there when the host was made, only looks", () => {
    expect(parametersOf(host({ gmsa: GRANT, mode: "Verify" }))).toMatchObject({ mode: "Verify", setupSecretARN: "" });
    expect(parametersOf(host({ mode: "Grant" }))).toMatchObject({ mode: "Verify", setupSecretARN: "" });
  });

  test("a host whose bootstrap profile is gone only looks: it cannot read the secret", () => {
    const agent = { bootstrapInstanceProfile: "cloudsync-bootstrap" };
    expect(parametersOf(host({ gmsa: GRANT, agent }))).toMatchObject({ mode: "Grant" });
    const swapped = host({ gmsa: GRANT, agent, status: { secrets: { swapIntendedAt: instant(-1_000) } } });
    expect(parametersOf(swapped)).toMatchObject({ mode: "Verify", setupSecretARN: "" });
  });

  test("the root is the vendor's, first, and the containers inherit from it", () => {
    const snapshot = host({ gmsa: ROOT });
    expect(stepOf(snapshot).step.name).toBe("VendorPermissions");
    expect(parametersOf(snapshot)).toMatchObject({
      mode: "Grant",
      types: "UserGroupCreateDelete",
      restriction: "Leave",
    });
    const containers = host({ gmsa: ROOT, rights: { done: 1 } });
    expect(parametersOf(containers)).toMatchObject({ provisioningContainers: GROUPS, mode: "Verify" });
  });

  test("the hardening of the account alone asks for no right at the root", () => {
    const snapshot = host({ gmsa: { ...GRANT, restrictsAccount: true } });
    expect(parametersOf(snapshot)).toMatchObject({ types: "", restriction: "Restrict", mode: "Grant" });
  });

  test("many containers go into several commands, each within the bounds of its document", () => {
    const unit = fc.integer({ min: 1, max: 900 }).map((length) => `OU=${"x".repeat(length)},DC=corp,DC=example,DC=com`);
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 50 }), (containers) => {
        const snapshot = host({ containers });
        const declared = declaredRights(snapshot);
        if (declared.kind !== "declared") throw new Error(declared.kind);
        const texts = declared.steps.map(
          ({ parameters }) => parameters(snapshot.agent.spec.template, "uid")["provisioningContainers"] ?? "",
        );
        expect(texts.flatMap((text) => text.split("|")).sort()).toEqual([...containers].sort());
        expect(texts.every((text) => text.length <= 2_000 && text.split("|").length <= 25)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("the account that the agent chose is the one that its probe shows", () => {
    const facts = { ...HEALTHY_FACTS, serviceAccount: "CORP\\pGMSA_0123abcd$" };
    const probe = { kind: "read", facts, ageMs: 1_000 } as const;
    const gmsa = { mode: "AgentDefault", setupSecretARN: SETUP };
    expect(parametersOf(host({ gmsa, changes: { probe } }))).toMatchObject({ gmsaName: "pGMSA_0123abcd$" });
  });
});

describe("what comes of an answer", () => {
  const verifying = (facts: object, shown: Case = {}) =>
    host({ rights: {}, status: step(), changes: answered(facts), ...shown });

  test("everything in place is stored with its time, and the next look is another version's", () => {
    const { rights, progress } = stepOf(verifying({ isSufficient: true, findings: [finding({})] }));
    expect(progress.kind).toBe("complete");
    expect(rights).toMatchObject({ done: 1, failures: 0, verifiedAt: instant(0) });
  });

  test("the first of several commands proves nothing yet", () => {
    const containers = [...Array(26).keys()].map((index) => `OU=U${index},DC=corp,DC=example,DC=com`);
    const { rights } = stepOf(verifying({ isSufficient: true, findings: [finding({})] }, { containers }));
    expect(rights).toMatchObject({ done: 1 });
    expect(rights?.verifiedAt).toBeUndefined();
  });

  test("a missing right is told by account, entry and object, with what to do", () => {
    const snapshot = verifying({ isSufficient: false, findings: [MISSING] });
    const { rights, progress } = stepOf(snapshot);
    expect(progress).toMatchObject({ kind: "fail", isStalled: true });
    expect(rights?.lastError).toMatchObject({
      class: "Person",
      reason: "RightsMissing",
      message: `CORP\\gmsaCloudSync$ lacks CreateGroups, WriteGroups on ${GROUPS}.`,
    });
    expect(rights?.lastError?.fix).toContain("gmsa.permissions.mode to Grant");
    expect(rights?.retryAt).toBe(instant(600_000));
  });

  test("a denied right is told before a missing one of the same object, and is never overridden", () => {
    const denied = finding({ missing: ["WriteGroups"], denied: ["CreateGroups"] });
    const { rights } = stepOf(verifying({ isSufficient: false, findings: [denied] }));
    expect(rights?.lastError?.reason).toBe("RightsDenied");
    expect(rights?.lastError?.fix).toContain("deny entry");
  });

  test("what was found for another version or declaration counts for nothing", () => {
    const { rights } = stepOf(verifying({ isSufficient: true, findings: [finding({})] }, { rights: FORMER }));
    expect(rights?.digest).toBe(FORMER.digest);
    const next = host({ rights: { ...FORMER, ...rights }, isReady: true });
    expect(stepOf(next).progress).toMatchObject({ kind: "begin", attempt: 5 });
    expect(stepOf(next).rights).toMatchObject({ runs: 5, done: 0, verifiedAt: FORMER.verifiedAt });
  });

  test("an object that still inherits is told where hardening was asked for", () => {
    const facts = { isSufficient: true, findings: [finding({})], isServiceAccountRestricted: false };
    const gmsa = { ...GRANT, restrictsAccount: true };
    const { rights } = stepOf(verifying(facts, { gmsa, status: step("VendorPermissions") }));
    expect(rights?.lastError).toMatchObject({ reason: "AccountNotRestricted" });
    const unreadable = { ...facts, isServiceAccountRestricted: null };
    const open = verifying(unreadable, { gmsa, status: step("VendorPermissions") });
    expect(stepOf(open).progress.kind).toBe("complete");
  });

  test("a command that was begun for what is declared no more is waited for, not sent again", () => {
    const snapshot = verifying({}, { containers: [], changes: { step: { kind: "notSent" } } });
    expect(stepOf(snapshot).progress).toEqual({ kind: "wait", untilMs: NOW_MS + 600_000 });
  });
});

describe("Ready", () => {
  const ready = (snapshot: AgentSnapshot) => {
    const plan = decideAgent(snapshot);
    const finding = agentFindings(snapshot, plan).find(({ type }) => type === "Ready");
    return [finding?.status, finding?.reason, agentPhase(snapshot, plan, judgeLinks(snapshot))];
  };

  test("a new host is not Ready before every right was found in place once", () => {
    expect(ready(host())).toEqual(["Unknown", "AwaitingVerification", "Configuring"]);
    expect(ready(host({ rights: { lastError: ERROR, failures: 1, retryAt: instant(60_000) } }))).toEqual([
      "False",
      "RightsMissing",
      "Configuring",
    ]);
    expect(ready(host({ rights: PROVED }))).toEqual(["True", "Ready", "Ready"]);
  });

  test("a host that is Ready stays so while a new version is looked at, and when a right is missing then", () => {
    expect(ready(host({ rights: FORMER, isReady: true }))).toEqual(["True", "Ready", "Ready"]);
    const lost = host({ rights: { ...PROVED, done: 0, lastError: ERROR, failures: 1, retryAt: instant(60_000) } });
    expect(ready(lost)).toEqual(["True", "Ready", "Ready"]);
    const stalled = agentFindings(lost, decideAgent(lost)).find(({ type }) => type === "Stalled");
    expect(stalled).toMatchObject({ status: "True", reason: "RightsMissing" });
  });
});

describe("beside the secrets and the slot", () => {
  const bootstrap: AgentOverrides = { bootstrapInstanceProfile: "cloudsync-bootstrap" };
  const waiting = { lastError: ERROR, failures: 1, retryAt: instant(60_000) };
  const carried = (shown: Case): AgentSnapshot => {
    const snapshot = host({ ...shown, agent: bootstrap });
    const { instance } = snapshot;
    if (instance.kind !== "found") throw new Error(instance.kind);
    const arn = "arn:aws:iam::111122223333:instance-profile/cloudsync-bootstrap";
    return {
      ...snapshot,
      instance: { ...instance, instances: instance.instances.map((one) => ({ ...one, instanceProfileARN: arn })) },
    };
  };

  test("a right that is only looked for does not keep the bootstrap profile on the host", () => {
    expect(decideAgent(carried({ rights: waiting })).action.kind).toBe("swapProfile");
  });

  test("a grant that is still to come does: it needs the set-up secret", () => {
    const { action } = decideAgent(carried({ gmsa: GRANT, rights: waiting }));
    expect(action).toEqual({ kind: "rest", untilMs: NOW_MS + 60_000 });
  });

  test("the slot is kept while a grant is open, and given back when the rights are only looked at", () => {
    const mine = { slot: { kind: "mine", deadlineMs: NOW_MS + 600_000 } } as const;
    expect(decideAgent(host({ gmsa: GRANT, changes: mine })).action.kind).toBe("step");
    expect(decideAgent(host({ changes: mine })).action).toEqual({ kind: "releaseSlot", reason: "SetUp" });
    const held = { slot: { kind: "held", holder: "identity/other", deadlineMs: NOW_MS + 600_000 } } as const;
    expect(stepOf(host({ gmsa: GRANT, changes: held })).progress.kind).toBe("awaitSlot");
  });
});
