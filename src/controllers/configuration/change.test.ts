/** Edits of a configuration that runs: what shrinks or moves waits, what does not is carried out once, and hands in the portal are noticed. */
import { configurationBench } from "./testing/configuration-bench.ts";
import type { AssignmentPort } from "../../entra/assignments/port.ts";
import {
  assign,
  condition,
  container,
  filtered,
  group,
  job,
  mapping,
  objectMapping,
  OU,
  running,
  runningAll,
} from "./testing/questions.ts";

test("a mapping that moves nothing is written at once and restarts the job once", async () => {
  const bench = await running();
  bench.edit({
    entraToAD: {
      ...bench.at().spec.entraToAD,
      attributeMappings: [{ target: "cn", expression: 'Append("X_",[objectId])' }],
    },
  });
  await bench.settle();
  expect(bench.graph.writes).toEqual(["replaceSchema", "restart"]);
  expect(mapping(bench, "cn")?.source?.expression).toBe('Append("X_",[objectId])');
  expect(job(bench).restarts).toEqual([""]);
});

test("killed at any write of an edit, the job is restarted, at most once for each time that nobody knows", async () => {
  for (let chance = 1; chance <= 12; chance += 1) {
    const bench = await running();
    bench.edit({
      entraToAD: {
        ...bench.at().spec.entraToAD,
        attributeMappings: [{ target: "cn", expression: 'Append("X_",[objectId])' }],
      },
    });
    let chances = 0;
    const strike = (): boolean => {
      chances += 1;
      if (chances === chance) bench.kube.isSevered = true;
      return bench.kube.isSevered;
    };
    bench.graph.fault = () => (strike() ? "dead" : "none");
    for (let passes = 0; passes < 10; passes += 1) await bench.kube.clock.advance(Math.min(await bench.pass(), 60_000));
    bench.kube.isSevered = false;
    bench.graph.fault = () => "none";
    bench.restart();
    await bench.settle();
    const restarts = bench.graph.writes.filter((write) => write === "restart").length;
    expect({ chance, isEnough: restarts >= 1, isBounded: restarts <= 2 }).toEqual({
      chance,
      isEnough: true,
      isBounded: true,
    });
    expect(mapping(bench, "cn")?.source?.expression).toBe('Append("X_",[objectId])');
  }
});

test("a restart whose answers are all lost is sent twice, then a person is asked; their word sends one more", async () => {
  const bench = await running();
  bench.edit({
    entraToAD: {
      ...bench.at().spec.entraToAD,
      attributeMappings: [{ target: "cn", expression: 'Append("X_",[objectId])' }],
    },
  });
  bench.graph.fault = (write, when) => (write === "restart" && when === "after" ? "lost" : "none");
  for (let passes = 0; passes < 20; passes += 1) await bench.kube.clock.advance(Math.min(await bench.pass(), 60_000));
  expect(job(bench).restarts).toHaveLength(2);
  expect(condition(bench, "Stalled")).toBe("True/RestartUnanswered");
  bench.graph.fault = () => "none";
  bench.edit({}, { annotations: { "cloudsync.dev/requested-at": "now" } });
  await bench.settle();
  expect(job(bench).restarts).toHaveLength(3);
  expect(condition(bench)).toBe("True/InSync");
});

test("a container that moves more groups than the budget waits for exactly this plan; then it is written once, and the hash is used up", async () => {
  const bench = await running();
  assign(bench, 6);
  bench.edit(container(`OU=Sub,${OU}`));
  await bench.settle();
  expect(bench.graph.writes).toEqual([]);
  expect(condition(bench)).toBe("False/AwaitingApproval");
  expect(condition(bench, "Reconciling")).toBe("True/AwaitingPerson");
  const { plan } = bench.at().status;
  expect(plan).toMatchObject({ leaving: 0, moving: 6, serial: 1 });
  bench.isTrusted = false;
  bench.edit({ approvals: { plan: plan?.hash } });
  await bench.settle();
  expect(condition(bench)).toBe("False/ApprovalNotTrusted");
  expect(bench.graph.writes).toEqual([]);
  bench.isTrusted = true;
  await bench.settle();
  expect(bench.graph.writes).toEqual(["replaceSchema", "restart"]);
  expect(mapping(bench, "parentDistinguishedName")?.defaultValue).toBe(`OU=Sub,${OU}`);
  bench.edit(container(OU));
  await bench.settle();
  expect(condition(bench)).toBe("False/ApprovalUsed");
  expect(bench.graph.writes).toHaveLength(2);
});

test("the same edit within the budget is carried out without asking", async () => {
  const bench = await running();
  assign(bench, 5);
  bench.edit(container(`OU=Sub,${OU}`));
  await bench.settle();
  expect(bench.graph.writes).toEqual(["replaceSchema", "restart"]);
});

test("one more group makes the approval stale, and taking the edit back cancels the plan", async () => {
  const bench = await running();
  assign(bench, 6);
  bench.edit(container(`OU=Sub,${OU}`));
  await bench.settle();
  const hash = bench.at().status.plan?.hash;
  assign(bench, 7);
  bench.edit({ approvals: { plan: hash } });
  await bench.settle();
  expect(condition(bench)).toBe("False/ApprovalStale");
  bench.edit(container(OU));
  await bench.settle();
  expect(condition(bench)).toBe("True/InSync");
  assign(bench, 6);
  bench.edit(container(`OU=Sub,${OU}`));
  await bench.settle();
  expect(condition(bench)).toBe("False/ApprovalStale");
  expect(bench.graph.writes).toEqual([]);
});

test("a page that fails counts nothing, and nothing is written", async () => {
  const bench = await running();
  assign(bench, 3);
  const { assignments } = bench.graph.ports;
  const whole = { ...assignments };
  (assignments as { list: AssignmentPort["list"] }).list = async (...given) => {
    const listing = await whole.list(...given);
    return listing.kind === "complete"
      ? {
          kind: "partial",
          items: listing.items,
          failure: { class: "Transient", reason: "PageFailed", message: "Page 2 failed.", fix: "None: read again." },
        }
      : listing;
  };
  bench.edit(container(`OU=Sub,${OU}`));
  await bench.pass();
  expect(condition(bench)).toBe("False/ScopeUnread");
  expect(bench.graph.writes).toEqual([]);
});

test("All is written only where its unverified storage is allowed", async () => {
  const bench = configurationBench({ spec: { ...filtered("All", "sg-a"), start: { withoutTest: true } } });
  await bench.settle();
  expect(condition(bench)).toBe("False/UnverifiedStorage");
  expect(bench.graph.writes).not.toContain("replaceSecrets");
});

test("a tenant that lists no group at all is not believed: the edit waits for an approval as unknown", async () => {
  const bench = await runningAll();
  bench.edit(filtered("All", "sg-b"));
  await bench.settle();
  expect(condition(bench)).toBe("False/AwaitingApproval");
  expect(bench.at().status.plan?.leaving).toBeUndefined();
  expect(bench.graph.writes).toEqual([]);
});

test("All to Selected is held for all that are not assigned, then switched before the filters go", async () => {
  const bench = await runningAll();
  bench.graph.groups = Array.from({ length: 20 }, (_, at) => group(at, "sg-a"));
  assign(bench, 2);
  bench.edit(filtered("Selected"));
  await bench.settle();
  expect(bench.graph.writes).toEqual([]);
  expect(bench.at().status.plan).toMatchObject({ leaving: 18 });
  bench.edit({ approvals: { plan: bench.at().status.plan?.hash } });
  await bench.settle();
  expect(bench.graph.writes).toEqual(["replaceSecrets", "replaceSchema", "restart"]);
  expect(bench.graph.configurations[0]!.secrets).toContainEqual({ key: "SyncAll", value: "false" });
  expect(objectMapping(job(bench).schema).scope.groups).toEqual([]);
});

test("secrets that are not ours go back as they are; a masked one is never sent and nothing is lost", async () => {
  const bench = await running();
  const one = bench.graph.configurations[0]!;
  one.secrets = [...one.secrets, { key: "BaseAddress", value: "https://example.com" }];
  bench.edit({ deletionThreshold: { enabled: true, value: 20 } });
  await bench.settle();
  expect(bench.graph.writes).toEqual(["replaceSecrets"]);
  expect(one.secrets).toContainEqual({ key: "BaseAddress", value: "https://example.com" });
  one.secrets = [...one.secrets, { key: "SecretToken", value: "****" }];
  bench.edit({ deletionThreshold: { enabled: true, value: 30 } });
  await bench.settle();
  expect(condition(bench)).toBe("False/MaskedSecret");
  expect(bench.graph.writes).toEqual(["replaceSecrets"]);
});

test("foreign writes that come back three times stop ours", async () => {
  const bench = await running();
  for (let round = 0; round < 6; round += 1) {
    mapping(bench, "parentDistinguishedName")!.defaultValue = `OU=Foreign,${OU}`;
    await bench.settle();
    await bench.kube.clock.advance(120_000);
  }
  expect(bench.graph.writes.filter((write) => write === "replaceSchema")).toHaveLength(2); // the third with the first of all
  expect(condition(bench)).toBe("False/ForeignWrites");
  expect(condition(bench, "Stalled")).toBe("True/ForeignWrites");
});

test.each([
  ["an expression that Entra cannot parse", [{ target: "cn", expression: "Nonsense([a])" }], "ExpressionRefused"],
  ["a read-only target", [{ target: "objectSid", expression: "[a]" }], "TargetLocked"],
  ["the container by another door", [{ target: "PARENTDISTINGUISHEDNAME", expression: "[a]" }], "TargetLocked"],
  [
    "one target in two spellings",
    [
      { target: "info", expression: "[a]" },
      { target: "INFO", expression: "[b]" },
    ],
    "DuplicateTarget",
  ],
])("%s is refused", async (_sentence, attributeMappings, reason) => {
  const bench = await running();
  bench.edit({ entraToAD: { ...bench.at().spec.entraToAD, attributeMappings } });
  await bench.settle();
  expect(condition(bench)).toBe(`False/${reason}`);
  expect(bench.graph.writes).toEqual([]);
});

test("a container outside the domain's is refused before any call", async () => {
  const bench = configurationBench({ spec: container("OU=Elsewhere,DC=corp,DC=example,DC=com") });
  await bench.settle();
  expect(condition(bench, "Stalled")).toBe("True/ContainerNotAllowed");
  expect(bench.graph.writes).toEqual([]);
});

test("a call that Entra refuses for good is not sent again and again", async () => {
  const bench = await running();
  (bench.graph.ports.schema as { replace: unknown }).replace = () => {
    bench.graph.writes.push("refused");
    return Promise.resolve({
      kind: "refused",
      failure: { class: "Permanent", reason: "BadRequest", message: "No.", fix: "Correct it." },
    });
  };
  bench.edit(container(`OU=Sub,${OU}`));
  for (let passes = 0; passes < 20; passes += 1) await bench.kube.clock.advance(Math.min(await bench.pass(), 60_000));
  expect(bench.graph.writes).toEqual(["refused"]);
  expect(condition(bench, "Stalled")).toBe("True/BadRequest");
});

test("paused as declared: the job is paused once and the pause stays", async () => {
  const bench = await running();
  bench.edit({ state: "Paused" });
  await bench.settle();
  expect(bench.graph.writes).toEqual(["pause"]);
  expect(condition(bench)).toBe("True/PausedAsDeclared");
});

test("an effective mode that is not Enforce writes nothing, and says whose it is", async () => {
  const bench = await running();
  bench.edit({ ...container(`OU=Sub,${OU}`), mode: "Observe" });
  await bench.settle();
  expect(condition(bench)).toBe("False/Observe");
  expect(bench.at().status.drift?.[0]?.path).toBe("mapping parentDistinguishedName");
  bench.edit({ mode: "Enforce" }, { annotations: { "cloudsync.dev/paused": "true" } });
  await bench.settle();
  expect(condition(bench, "Paused")).toBe("True/ObjectPaused");
  expect(bench.graph.writes).toEqual([]);
});
