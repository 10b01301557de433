import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../support/helm.ts";
import { chartNodeOptions, dockerfileInstructions as instructions, IMAGE } from "../../support/image.ts";
import { run } from "../../support/kubectl.ts";

/** No container engine is needed to run the tests, so the Dockerfile is checked by reading. */
const of = (name: string): readonly string[] => instructions.filter((line) => line.startsWith(`${name} `));
const lastStage = instructions.slice(instructions.findLastIndex((line) => line.startsWith("FROM ")));

test("the image is built in two stages on Node 24, and the last one holds only the bundle", () => {
  expect(of("FROM")).toHaveLength(2);
  for (const from of of("FROM")) expect(from).toMatch(/node(js)?:?24/);
  expect(lastStage.filter((line) => line.startsWith("COPY "))).toEqual(["COPY --from=build /build/dist/ ./"]);
  expect(lastStage.filter((line) => line.startsWith("RUN "))).toEqual([]);
});

test("the image does not run as root, by number", () => {
  expect(lastStage.filter((line) => line.startsWith("USER "))).toEqual(["USER 65532:65532"]);
});

test("packages come from the lockfile", () => {
  expect(of("RUN").join("\n")).toContain("npm ci");
  expect(of("RUN").join("\n")).not.toContain("npm install");
});

test("the build context holds sources only: no credentials, no git history, no packages of the machine", () => {
  const lines = readFileSync(join(PROJECT, ".dockerignore"), "utf8").split("\n");
  expect(lines[0]).toBe("*");
  expect(lines.filter((line) => line.startsWith("!")).toSorted()).toEqual(
    [
      "!.npmrc",
      "!contracts",
      "!package-lock.json",
      "!package.json",
      "!src",
      "!tools/build",
      "!tsconfig.json",
    ].toSorted(),
  );
});

test("Node takes every flag that the image and its environment give it", async () => {
  const { nodeFlags, environment } = IMAGE;
  expect(nodeFlags.length).toBeGreaterThan(0);
  const answer = await run(process.execPath, [...nodeFlags, "--eval", "process.stdout.write('ran')"], {
    env: { ...environment, NODE_OPTIONS: chartNodeOptions() },
  });
  expect(answer).toMatchObject({ code: 0, stdout: "ran", stderr: "" });
});
