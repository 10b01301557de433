import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HOST_STEP_NAMES } from "./contracts.ts";
import { stepFileName } from "./step-file-name.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "contracts", "host");

test("every step has its contract under its file name, and every contract is a step's", () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  expect(files.toSorted()).toEqual(HOST_STEP_NAMES.map((step) => `${stepFileName(step)}.json`).toSorted());
});

test.each(HOST_STEP_NAMES)("the contract of %s names itself so, in its title and in both results", (step) => {
  const contract = JSON.parse(readFileSync(join(FOLDER, `${stepFileName(step)}.json`), "utf8")) as {
    $id: string;
    title: string;
    definitions: { result: { oneOf: readonly { properties: { step: { const: string } } }[] } };
  };
  expect(contract).toMatchObject({
    title: step,
    $id: `https://cloudsync.dev/contracts/host/${stepFileName(step)}.json`,
  });
  expect(contract.definitions.result.oneOf.map(({ properties }) => properties.step.const)).toEqual([step, step]);
});
