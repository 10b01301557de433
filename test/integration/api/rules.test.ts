/** Every CEL rule of every CRD, from both sides, through the real API server. */
import { freshNamespace, type TestNamespace } from "../../support/namespace.ts";
import { sharedControlPlane } from "../../support/shared-control-plane.ts";
import { ApiServer, causesOf, type Answer, type Cause } from "./api-server.ts";
import { collectionOf } from "./crd-files.ts";
import { changed, type Changes, type Manifest } from "./manifest.ts";
import { ALL_ROWS, ALL_RULES, ruleOf } from "./rule-rows.ts";
import type { RuleRow } from "./rule-row.ts";
import { SPECIMENS } from "./specimens.ts";

let server: ApiServer;
let namespace: TestNamespace;

beforeAll(async () => {
  const controlPlane = sharedControlPlane();
  server = new ApiServer(controlPlane);
  namespace = await freshNamespace(controlPlane, "rules");
});
afterAll(async () => {
  await namespace.delete();
  await server.close();
});

test("every rule has a row that shows it from both sides", () => {
  const shown = new Set(ALL_ROWS.map(ruleOf));
  const bare = ALL_RULES.filter((rule) => !shown.has(rule)).map(
    ({ kind, path, message }) => `${kind} ${path}: ${message}`,
  );
  expect(bare).toEqual([]);
  expect(ALL_RULES.length).toBeGreaterThan(80);
});

test("every message is one sentence that says what to do, without a full stop", () => {
  const unclear = ALL_RULES.filter(
    ({ message }) => message.length > 200 || message.endsWith(".") || !message.includes(" "),
  );
  expect(unclear).toEqual([]);
});

for (const [index, specimen] of SPECIMENS.entries()) {
  test(`specimen ${index}, a ${specimen.kind} from which rows start, is accepted`, async () => {
    expect(await server.tryCreate(collectionOf(specimen.kind, namespace.name), specimen)).toMatchObject({ code: 201 });
  });
}

describe.each(
  ALL_ROWS.map((row, index) => ({ row, index, title: `${row.specimen.kind} ${row.path}: ${row.sentence}` })),
)("$title", ({ row, index }) => {
  test("refuses and says what to do", async () => {
    const answer = await attempt(row, row.refused, `refused-${index}`);
    expect(answer.code).toBe(422);
    expect(causesOf(answer).map(withoutIndexes)).toContainEqual({
      field: row.path === "" ? "<nil>" : row.path,
      message: expect.stringContaining(ruleOf(row).message) as string,
    });
  });
  test("accepts its neighbour", async () => {
    const answer = await attempt(row, row.accepted, `accepted-${index}`);
    expect({ code: answer.code, causes: answer.code < 300 ? [] : causesOf(answer) }).toEqual({
      code: row.isUpdate ? 200 : 201,
      causes: [],
    });
  });
});

/** Sends the changed specimen as a create, or as an update of the stored one; keeps nothing but that one. */
async function attempt({ specimen, isUpdate }: RuleRow, changes: Changes, name: string): Promise<Answer> {
  const collection = collectionOf(specimen.kind, namespace.name);
  if (!isUpdate) return server.tryCreate(collection, changed(specimen, changes));
  const created = await server.send("POST", collection, changed(specimen, { "metadata.name": name }));
  expect(created.code).toBe(201);
  const update = changed(created.body as Manifest, changes);
  return server.send("PUT", `${collection}/${name}?dryRun=All`, update);
}

function withoutIndexes({ field, message }: Cause): Cause {
  return { field: field.replaceAll(/\[\d+\]/g, "[]"), message };
}
