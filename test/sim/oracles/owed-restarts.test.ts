import { EntraStage } from "./entra-stage.ts";
import { owedRestarts } from "./owed-restarts.ts";

function stage(): EntraStage {
  return new EntraStage(owedRestarts);
}

test.each(["schema", "secrets"] as const)(
  "after a PUT of the %s a restart is silent, and its repetition; one more speaks",
  (kind) => {
    const made = stage();
    made.call(kind);
    expect(made.call("restart")).toBeUndefined();
    expect(made.call("restart")).toBeUndefined();
    expect(made.call("restart")).toContain("nothing of its settings or schema was changed");
  },
);

test("a restart without a change speaks", () => {
  expect(stage().call("restart")).toContain("nothing of its settings or schema was changed");
});

test("a PUT whose answer nobody got owes a restart as well, and a person may ask for one", () => {
  const lost = stage();
  lost.call("schema", undefined, "lost (no effect)");
  expect(lost.call("restart")).toBeUndefined();
  const asked = stage();
  asked.configuration({}, { annotations: { "cloudsync.dev/requested-at": "2026-11-01T00:00:00Z" } });
  expect(asked.call("restart")).toBeUndefined();
});

test("the restart of a quarantine, a refused one and one by hand are no matter of this promise", () => {
  const made = stage();
  made.quarantined();
  expect(made.call("restart")).toBeUndefined();
  expect(stage().call("restart", undefined, "Forbidden")).toBeUndefined();
  expect(stage().deed({ kind: "portal", action: "restart", body: {} })).toBeUndefined();
});
