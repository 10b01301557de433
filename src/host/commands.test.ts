import { documentOf, documentParameters, sentProblems } from "./commands.ts";
import { HOST_STEP_NAMES } from "./contracts.ts";

const ID = "a".repeat(32);

test("each step of ours is sent by name, version and hash, under its operation id", () => {
  for (const step of HOST_STEP_NAMES) {
    const { name, version, sha256 } = documentOf(step);
    expect(name).toMatch(new RegExp(`^CloudSync-${step}-[0-9a-f]{8}$`));
    expect(version).toBe("1");
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(documentParameters(step, ID, { a: "b" })).toEqual({ operationID: ID, a: "b" });
  }
});

test("the one document that is not ours goes by name and version alone, and takes what AWS says that it takes", () => {
  expect(documentOf("UpdateSSMAgent")).toEqual({ name: "AWS-UpdateSSMAgent", version: "$DEFAULT" });
  const parameters = { version: "3.3.2746.0", allowDowngrade: "false" };
  expect(documentParameters("UpdateSSMAgent", ID, parameters)).toEqual(parameters);
  expect(sentProblems("UpdateSSMAgent", parameters)).toEqual([]);
});

test("what the contract refuses is told before it is sent", () => {
  expect(sentProblems("ProveSecretDenied", { operationID: ID, secretARNs: "a; calc" })).toHaveLength(1);
  const arn = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/join-AbCdEf";
  expect(sentProblems("ProveSecretDenied", { operationID: ID, secretARNs: `${arn},${arn}` })).toEqual([]);
});
