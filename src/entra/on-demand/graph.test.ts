import { ACCESS, NEVER_ABORTED, scriptedEntra } from "../testing/scripted-entra.ts";
import type { Answer } from "../testing/scripted-transport.ts";
import { onDemandAnswer } from "./parse-answer.ts";

const REQUEST = { servicePrincipalID: "sp", jobID: "AAD2ADGroupProvisioning.x", ruleID: "rule", groupID: "g" };
const answer = (key: unknown, value: unknown): object => ({ key: JSON.stringify(key), value: JSON.stringify(value) });

test("both texts are read: result, steps, what was exported", () => {
  const parsed = onDemandAnswer(
    answer(
      { result: "Success", details: { errorCode: null, errorMessage: null } },
      {
        action: "Create",
        targetIdentity: { id: "CN=G,OU=x" },
        statusInfo: { status: "success", reason: "done" },
        modifiedProperties: [
          { displayName: "cn", oldValue: null, newValue: "G_1" },
          { displayName: "member", newValue: ["a", "b"] },
        ],
        provisioningSteps: [{ name: "EntryImport", type: "Import", status: "Success", description: "Received" }],
      },
    ),
  );
  expect(parsed).toEqual({
    result: "Success",
    errorCode: undefined,
    errorMessage: undefined,
    action: "Create",
    targetID: "CN=G,OU=x",
    reason: "done",
    steps: [{ name: "EntryImport", type: "Import", status: "Success", description: "Received" }],
    modifiedProperties: [
      { name: "cn", newValue: "G_1" },
      { name: "member", newValue: '["a","b"]' },
    ],
  });
});

const odd: readonly (readonly [sentence: string, body: unknown, result: string, errorCode: string | undefined])[] = [
  [
    "an empty value",
    answer({ result: "Skipped", details: { errorCode: "RedundantExport" } }, {}),
    "Skipped",
    "RedundantExport",
  ],
  ["a value of empty text", { key: JSON.stringify({ result: "Success" }), value: "" }, "Success", undefined],
  ["a key that is no JSON", { key: "Success", value: "{}" }, "Unknown", undefined],
  ["objects instead of texts", { key: { result: "Failure", details: { errorCode: "E" } }, value: {} }, "Failure", "E"],
  [
    "the status alone",
    answer({}, { statusInfo: { status: "Skipped", errorCode: "NotInScope" } }),
    "Skipped",
    "NotInScope",
  ],
  ["nothing at all", undefined, "Unknown", undefined],
];
for (const [sentence, body, result, errorCode] of odd) {
  test(`${sentence} is read as far as it goes`, () =>
    expect(onDemandAnswer(body)).toMatchObject({ result, errorCode, steps: [], modifiedProperties: [] }));
}

test("a run names its rule, group and members, and 201 is a success as well", async () => {
  const { entra, transport } = scriptedEntra(() => ({ status: 201, body: answer({ result: "Success" }, {}) }));
  const run = await entra.onDemand.provision(ACCESS, { ...REQUEST, memberIDs: ["u1", "u2"] }, NEVER_ABORTED);
  expect(run).toMatchObject({ kind: "done", value: { result: "Success" } });
  expect(transport.seen[0]?.body).toEqual({
    parameters: [
      {
        ruleId: "rule",
        subjects: [
          {
            objectId: "g",
            objectTypeName: "Group",
            links: {
              members: [
                { objectId: "u1", objectTypeName: "User" },
                { objectId: "u2", objectTypeName: "User" },
              ],
            },
          },
        ],
      },
    ],
  });
});

test("at most five runs leave in any ten seconds", async () => {
  const times: number[] = [];
  const script = (): Answer => {
    times.push(clock.monotonicMs());
    return { status: 200, body: answer({ result: "Success" }, {}) };
  };
  const { entra, clock } = scriptedEntra(script);
  for (let round = 0; round < 12; round += 1) {
    for (let run = 0; run < 4; run += 1)
      void entra.onDemand.provision(ACCESS, { ...REQUEST, memberIDs: [] }, NEVER_ABORTED);
    await clock.advance(2_500);
  }
  const most = times.map((since) => times.filter((at) => at >= since && at < since + 10_000).length);
  expect(Math.max(...most)).toBeLessThanOrEqual(5);
  expect(times.length).toBeGreaterThan(8);
});
