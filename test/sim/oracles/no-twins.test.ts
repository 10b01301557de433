import { EntraStage, JOB_ID } from "./entra-stage.ts";
import { noTwins } from "./no-twins.ts";

test("one application, one job and one assignment each are silent", () => {
  const made = new EntraStage(noTwins);
  made.assigned("sg-one", "sg-two");
  for (const kind of ["instantiate", "createJob", "assign"] as const) expect(made.call(kind)).toBeUndefined();
});

test("a second application speaks when an operator made it", () => {
  const made = new EntraStage(noTwins);
  made.application("corp.example.com");
  expect(made.call("assign")).toBeUndefined();
  expect(made.call("instantiate")).toContain("2 service principals of the template");
});

test("a second group job for a domain speaks", () => {
  const made = new EntraStage(noTwins);
  made.jobs.push({ ...made.job, id: `${JOB_ID}2` });
  expect(made.call("createJob")).toBe("two group jobs are there for corp.example.com");
});

test("a group that is assigned under two roles speaks", () => {
  const made = new EntraStage(noTwins);
  const group = made.group("sg-one");
  made.assign(group);
  made.assign(group, "00000000-0000-4000-8000-0000000000ab");
  expect(made.call("assign")).toContain("is assigned twice");
});
