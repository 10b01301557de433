import { EntraStage } from "./entra-stage.ts";
import { gatedStart } from "./gated-start.ts";

function stage(): EntraStage {
  const made = new EntraStage(gatedStart);
  made.job.isStarted = false;
  made.deed();
  return made;
}

function started(made: EntraStage): string | undefined {
  made.job.isStarted = true;
  return made.call("start");
}

function proven(): EntraStage {
  const made = stage();
  made.groupsInAD.push("CN=sg-canary");
  made.call("onDemand");
  return made;
}

test("a start behind a canary of this schema is silent", () => {
  expect(started(proven())).toBeUndefined();
});

test("a start without a canary speaks, unless a person wants it without a test", () => {
  expect(started(stage())).toContain("no canary ever ran");
  const free = stage();
  free.configuration({ start: { withoutTest: true } });
  expect(started(free)).toBeUndefined();
});

test("a canary of another schema, or one that brought nothing, is none", () => {
  const stale = proven();
  stale.job.schemaVersion = 2;
  expect(started(stale)).toContain("its canary ran under version 1");
  const empty = stage();
  empty.call("onDemand");
  expect(started(empty)).toContain("no group ever arrived in AD");
});

test("a person's hand in the portal is no start of ours", () => {
  const made = stage();
  made.job.isStarted = true;
  expect(made.deed({ kind: "portal", action: "start", body: {} })).toBeUndefined();
});
