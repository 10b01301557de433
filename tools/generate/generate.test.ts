/** The generated files are current, and the schemas keep the rules of the API: bounded, described, typed lists. */
import { KIND_DEFINITIONS } from "../../src/api/definitions.ts";
import { z } from "zod";
import { rootSchema } from "./crd.ts";
import { filesFromGenerated, filesFromSources } from "./files.ts";
import { stalePaths } from "./main.ts";
import { structuralSchema, walkSchema, type StructuralSchema } from "./structural-schema.ts";

test("what is generated is what its sources give (else: node tools/generate/main.ts)", async () => {
  expect(stalePaths([...filesFromSources(), ...(await filesFromGenerated())])).toEqual([]);
});

test("a file that differs from its source is named", () => {
  const [first, ...rest] = filesFromSources();
  if (first === undefined) throw new Error("nothing is generated");
  expect(stalePaths([{ ...first, text: `${first.text}#` }, ...rest])).toEqual([first.path]);
  expect(stalePaths(rest)).toEqual([first.path]);
});

const RULES: readonly (readonly [sentence: string, isBroken: (schema: StructuralSchema, path: string) => boolean])[] = [
  [
    "every text has a length",
    ({ type, maxLength, enum: words }) => type === "string" && maxLength === undefined && words === undefined,
  ],
  [
    "every number has both bounds",
    ({ type, minimum, maximum }) => type === "integer" && (minimum === undefined || maximum === undefined),
  ],
  [
    "every list has a size and says how it merges",
    ({ type, maxItems, "x-kubernetes-list-type": listType }) =>
      type === "array" && (maxItems === undefined || listType === undefined),
  ],
  [
    "every map has a size",
    ({ additionalProperties, maxProperties }) => additionalProperties !== undefined && maxProperties === undefined,
  ],
  ["every field is described", ({ description }, path) => !path.endsWith("{}") && (description ?? "") === ""],
  ["no member of a list item has a default", (schema, path) => path.includes("[]") && schema.default !== undefined],
  ["every enum word is CamelCase", ({ enum: words = [] }) => words.some((word) => !/^[A-Z][A-Za-z0-9]*$/.test(word))],
];

describe.each(KIND_DEFINITIONS.map((definition) => ({ definition, kind: definition.resource.kind })))(
  "$kind",
  ({ definition }) => {
    test.each(RULES)("%s", (_sentence, isBroken) => {
      const broken: string[] = [];
      const { spec, status } = rootSchema(definition).properties ?? {};
      for (const [root, schema] of [
        ["spec", spec],
        ["status", status],
      ] as const) {
        if (schema === undefined) throw new Error(`no ${root}`);
        walkSchema(schema, root, (member, path) => {
          if (isBroken(member, path)) broken.push(path);
        });
      }
      expect(broken).toEqual([]);
    });

    test("conditions are a map by type, at most 32, each with its own generation", () => {
      const conditions = rootSchema(definition).properties?.status?.properties?.conditions;
      expect(conditions).toMatchObject({
        maxItems: 32,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
      });
      expect(conditions?.items?.required).toContain("observedGeneration");
    });
  },
);

test("a word that a CRD has no place for stops the generator instead of being lost", () => {
  expect(() => structuralSchema(z.object({ port: z.number().multipleOf(2) }))).toThrow(
    ".port: no place in a CRD for multipleOf",
  );
});
