/**
 * Every field that a user may write, mutated: legal values are taken by the real API server, each mistake is refused with a sentence.
 * What the legal ones mean for a fleet is tried in simulation (test/sim/fields).
 */
import { freshNamespace, type TestNamespace } from "../../support/namespace.ts";
import { sharedControlPlane } from "../../support/shared-control-plane.ts";
import { merged } from "../../support/stack-manifests.ts";
import { BASE } from "../../sim/fields/base.ts";
import { ALL_FIELDS, WALKED_KINDS, type Field } from "../../sim/fields/field.ts";
import { ILLEGAL_ROWS, type IllegalRow } from "../../sim/fields/illegal.ts";
import { hasOwnMeaning, meaningOf, MEANINGS } from "../../sim/fields/meanings.ts";
import { MOVES } from "../../sim/fields/moves.ts";
import { LEGAL_ROWS } from "../../sim/fields/legal.ts";
import { textFormOf } from "../../sim/fields/texts.ts";
import { samplesOf } from "../../sim/fields/values.ts";
import { ApiServer, causesOf, type Answer } from "./api-server.ts";
import { collectionOf } from "./crd-files.ts";
import { changed, type Manifest } from "./manifest.ts";

let server: ApiServer;
let namespace: TestNamespace;

beforeAll(async () => {
  const controlPlane = sharedControlPlane();
  server = new ApiServer(controlPlane);
  namespace = await freshNamespace(controlPlane, "fields");
});
afterAll(async () => {
  await namespace.delete();
  await server.close();
});

const nameOf = ({ kind, path }: Field): string => `${kind} ${path}`;

test("every field has legal values and mistakes; a field without them needs a row in texts.ts", () => {
  const bare = ALL_FIELDS.filter((field) => {
    const rows = [LEGAL_ROWS, ILLEGAL_ROWS].map((all) => all.some((row) => row.field === field));
    return rows.includes(false);
  });
  expect(bare.map(nameOf)).toEqual([]);
  expect(ALL_FIELDS.length).toBeGreaterThan(150);
});

test("every field has a meaning for the world, and every meaning a field", () => {
  const own = ALL_FIELDS.filter(hasOwnMeaning);
  expect(own.filter((field) => meaningOf(field) === undefined).map(nameOf)).toEqual([]);
  const known = new Set(own.map(nameOf));
  const meant = Object.entries(MEANINGS).flatMap(([kind, table]) =>
    Object.keys(table).map((path) => `${kind} ${path}`),
  );
  expect(meant.filter((name) => !known.has(name))).toEqual([]);
});

test.each(WALKED_KINDS)("every move of the simulation's walks is a legal edit of the good %s", async (kind) => {
  const collection = collectionOf(kind, namespace.name);
  const name = "edited";
  const created = await server.send("POST", collection, here(changed(BASE[kind], { "metadata.name": name })));
  expect(created.code).toBe(201);
  const good = created.body as Manifest;
  const refused: string[] = [];
  for (const { name: move, patch } of MOVES.filter((candidate) => candidate.kind === kind)) {
    const edited = merged(good, { spec: patch });
    const answer = await server.send("PUT", `${collection}/${name}?dryRun=All`, edited);
    if (answer.code !== 200) refused.push(`${move}: ${sentenceOf(answer)}`);
  }
  expect(refused).toEqual([]);
});

test("samples of texts have the form that their names say", () => {
  const odd = ALL_FIELDS.flatMap((field) => {
    const { path, schema } = field;
    const { pattern, maxLength = Number.POSITIVE_INFINITY } = schema;
    if (schema.type !== "string" || schema.enum !== undefined) return [];
    const form = new RegExp(pattern ?? "", "u");
    const legal = samplesOf(path, schema).map(({ value }) => value as string);
    const wrong = pattern === undefined ? [] : (textFormOf(path, pattern)?.wrong ?? []);
    return [
      ...legal.filter((text) => !form.test(text) || text.length > maxLength),
      ...wrong.filter((text) => form.test(text)),
    ].map((text) => `${nameOf(field)}: ${text}`);
  });
  expect(odd).toEqual([]);
});

describe.each(ALL_FIELDS.map((field) => ({ field, title: nameOf(field) })))("$title", ({ field }) => {
  test("takes every legal value", async () => {
    const rows = LEGAL_ROWS.filter((row) => row.field === field);
    const refused: string[] = [];
    for (const { what, manifest } of rows) {
      const answer = await server.tryCreate(collectionOf(field.kind, namespace.name), here(manifest));
      if (answer.code !== 201) refused.push(`${what}: ${sentenceOf(answer)}`);
    }
    expect(refused).toEqual([]);
  });

  test.each(ILLEGAL_ROWS.filter((row) => row.field === field).map((row) => ({ row, wrong: row.wrong })))(
    "refuses $wrong",
    async ({ row }) => {
      const answer = await attempt(row);
      expect([400, 422]).toContain(answer.code);
      const said = [sentenceOf(answer), ...causesOf(answer).map(({ field: at }) => at)].join(" ");
      expect(said).toContain(row.says);
    },
  );
});

async function attempt({ field, manifest, stored }: IllegalRow): Promise<Answer> {
  const collection = collectionOf(field.kind, namespace.name);
  if (stored === undefined) return server.tryCreate(collection, here(manifest));
  const name = `frozen-${field.path.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  const created = await server.send("POST", collection, here(changed(stored, { "metadata.name": name })));
  expect(created.code).toBe(201);
  const update = changed(created.body as Manifest, { spec: manifest.spec });
  return server.send("PUT", `${collection}/${name}?dryRun=All`, update);
}

function here(manifest: Manifest): Manifest {
  return changed(manifest, { "metadata.namespace": namespace.name });
}

function sentenceOf({ body }: Answer): string {
  return (body as { readonly message?: string }).message ?? "";
}
