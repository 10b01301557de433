/**
 * The AWS words that a pool declares and an agent carries frozen.
 * Guarantees: reserved tag keys are refused at apply, so ownership tags always mean what the operator wrote (S2).
 */
import { kmsKeyID, roleARN } from "./formats.ts";
import { object, optional, textMap, whole, type Rule } from "./schema.ts";

/** EC2 User Guide, "Tag restrictions": 50 tags, keys to 128, values to 256 characters, `aws:` reserved in any case. Nine keys are the operator's. */
const TAG_RULES: readonly Rule[] = [
  {
    rule: "self.all(k, !k.lowerAscii().startsWith('aws:'))",
    message: "remove the tag keys that start with aws: (AWS reserves them)",
  },
  {
    rule: "self.all(k, !k.startsWith('cloudsync.dev/'))",
    message: "remove the tag keys that start with cloudsync.dev/: the operator's ownership tags are reserved",
  },
  { rule: "!('Name' in self)", message: "remove the tag Name: the operator sets it to the agent's name" },
  { rule: "self.all(k, size(k) >= 1 && size(k) <= 128)", message: "shorten the tag keys to at most 128 characters" },
];

export const instanceTags = () =>
  textMap("Tags on instances and volumes, besides the operator's own.", {
    max: 40,
    valueMax: 256,
    rules: TAG_RULES,
  }).default({});

export const rootVolumeShape = {
  sizeGiB: whole("Size in GiB.", { min: 30, max: 16_384 }).default(50),
  kmsKeyID: optional(kmsKeyID("KMS key id or ARN; absent: the account's default key.")),
};

export const assumeRole = (rules: readonly Rule[] = []) =>
  object(
    "A role assumed on top of the identity; its external id is always <owner-id>/<namespace>.",
    { roleARN: roleARN("ARN of the role.") },
    rules,
  );
