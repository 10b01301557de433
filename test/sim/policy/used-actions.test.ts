/**
 * The policy holds what src calls, and nothing else. What src calls is read from its sources: every command of an AWS SDK that is made in them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ACCOUNT_ID, OWNER_ID, shippedFor } from "../../../sim/src/layout/identities.ts";
import { LIVES_BY_ACTION } from "./missing-actions.ts";
import { actionsOf } from "./shipped-actions.ts";

const SOURCES = resolve(import.meta.dirname, "../../../src");
/** Asked by AWS beside RunInstances (Service Authorization Reference, RunInstances: dependent actions). */
const BESIDE_LAUNCHES = ["ec2:CreateTags", "iam:PassRole"];
/** Not authorised by the caller's policies: unsigned (STS API Reference). */
const FREE = ["sts:AssumeRoleWithWebIdentity"];

const IMPORT = /import \{([^}]*)\} from "@aws-sdk\/client-(\w+)"/g;

function calledActions(): readonly string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  const found = files.flatMap((file) =>
    [...readFileSync(join(SOURCES, file), "utf8").matchAll(IMPORT)].flatMap(([, names = "", service = ""]) =>
      [...names.matchAll(/(\w+)Command\b/g)].map(([, name = ""]) => `${service}:${name}`),
    ),
  );
  return [...new Set(found)].sort();
}

const shipped = actionsOf(shippedFor(ACCOUNT_ID, OWNER_ID));
const called = calledActions();

test("src calls something at all", () => {
  expect(called).toContain("ec2:RunInstances");
  expect(called.length).toBeGreaterThan(10);
});

test("every action of the policy is called", () => {
  const idle = shipped.filter((action) => ![...called, ...BESIDE_LAUNCHES].includes(action));
  expect(idle).toEqual([]);
});

test("every action that is called is in the policy", () => {
  expect(called.filter((action) => ![...shipped, ...FREE].includes(action))).toEqual([]);
});

test("every action of the policy has a life in which it is missed", () => {
  expect(Object.keys(LIVES_BY_ACTION).sort()).toEqual([...shipped].sort());
});
