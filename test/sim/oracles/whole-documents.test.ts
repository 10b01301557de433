import { EntraStage } from "./entra-stage.ts";
import { saveConstant } from "./sight/schema-parts.ts";
import { wholeDocuments } from "./whole-documents.ts";

const DOMAIN = '{"domain":"other.example.com"}';

test.each([
  [
    "our own value changed",
    [
      ["Domain", DOMAIN],
      ["Url", "https://kept.example"],
    ],
    undefined,
  ],
  ["a foreign key lost", [["Domain", DOMAIN]], "the setting Url was lost"],
  [
    "a foreign key changed",
    [
      ["Domain", DOMAIN],
      ["Url", "https://new.example"],
    ],
    "changed Url",
  ],
  [
    "a mask stored",
    [
      ["Domain", DOMAIN],
      ["Url", "https://kept.example"],
      ["Password", "*"],
    ],
    "the mask of Password",
  ],
] as const)("secrets: %s", (_sentence, secrets, words) => {
  const made = new EntraStage(wholeDocuments);
  made.deed();
  made.secrets = new Map(secrets);
  const sentence = made.call("secrets");
  if (words === undefined) expect(sentence).toBeUndefined();
  else expect(sentence).toContain(words);
});

test("a foreign member of our own value has to stay", () => {
  const made = new EntraStage(wholeDocuments);
  made.secrets = new Map([["Domain", '{"domain":"corp.example.com","tag":"theirs"}']]);
  made.deed();
  made.secrets = new Map([["Domain", DOMAIN]]);
  expect(made.call("secrets")).toContain("changed Domain, or a member of it");
});

test("schema: the container and declared targets are ours, all else is not", () => {
  const made = new EntraStage(wholeDocuments);
  made.configuration({ entraToAD: { attributeMappings: [{ target: "description" }] } });
  made.deed();
  made.job.schema = { document: saveConstant(made.job.schema.document, "parentDistinguishedName", "OU=New") };
  expect(made.call("schema")).toBeUndefined();
  made.job.schema = { document: saveConstant(made.job.schema.document, "description", "ours") };
  expect(made.call("schema")).toBeUndefined();
  made.job.schema = { document: saveConstant(made.job.schema.document, "displayName", "lost") };
  expect(made.call("schema")).toContain("changed what is not ours");
});

test("what a person saves in the portal is no PUT of ours", () => {
  const made = new EntraStage(wholeDocuments);
  made.secrets = new Map();
  expect(made.deed({ kind: "portal", action: "settings", body: {} })).toBeUndefined();
});
