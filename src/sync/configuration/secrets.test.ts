import fc from "fast-check";
import type { SynchronizationSecret } from "../../entra/secrets/port.ts";
import { isMasked, mergeSecrets, type WantedSecrets } from "./secrets.ts";

const wanted = (over: Partial<WantedSecrets> = {}): WantedSecrets => ({
  domain: "corp.example.com",
  recipients: ["a@example.com"],
  deleteThreshold: { isEnabled: true, value: 50 },
  isAllScope: undefined,
  ...over,
});
const NOTIFICATION = "SyncNotificationSettings";
const inSync = (): readonly SynchronizationSecret[] => {
  const merged = mergeSecrets([], wanted());
  if (merged.kind !== "different") throw new Error("nothing was merged");
  return merged.secrets;
};

const anySecret = fc.record({
  key: fc.oneof(fc.constantFrom("Domain", NOTIFICATION, "SyncAll"), fc.string({ minLength: 1, maxLength: 12 })),
  value: fc.oneof(fc.string(), fc.constant("***"), fc.json()),
});
const anySet = fc.uniqueArray(anySecret, { selector: ({ key }) => key, maxLength: 8 });
const anyWanted = fc.record({
  domain: fc.constantFrom("corp.example.com", "emea.example.com"),
  recipients: fc.array(fc.constantFrom("a@example.com", "b@example.com"), { maxLength: 2 }),
  deleteThreshold: fc.record({ isEnabled: fc.boolean(), value: fc.integer({ min: 1, max: 1_000 }) }),
  isAllScope: fc.constantFrom(undefined, true, false),
});

test("no replacement loses a key or changes one that is not owned, and none carries a masked value (S7)", () => {
  fc.assert(
    fc.property(anySet, anyWanted, (found, want) => {
      const merged = mergeSecrets(found, want);
      if (merged.kind !== "different") return true;
      const own = new Set(["Domain", NOTIFICATION, ...(want.isAllScope === undefined ? [] : ["SyncAll"])]);
      const keepsOthers = found
        .filter(({ key }) => !own.has(key))
        .every((secret) => merged.secrets.some((sent) => sent.key === secret.key && sent.value === secret.value));
      return (
        keepsOthers &&
        found.every(({ key }) => merged.secrets.some((sent) => sent.key === key)) &&
        !merged.secrets.some(({ value }) => isMasked(value))
      );
    }),
    { numRuns: 1_000 },
  );
});

test("what was merged is equal: a second merge changes nothing", () => {
  fc.assert(
    fc.property(anySet, anyWanted, (found, want) => {
      const merged = mergeSecrets(found, want);
      return merged.kind !== "different" || mergeSecrets(merged.secrets, want).kind === "equal";
    }),
    { numRuns: 1_000 },
  );
});

const changed = (key: string, value: string) =>
  inSync().map((secret) => (secret.key === key ? { key, value } : secret));
const rows: readonly (readonly [sentence: string, found: readonly SynchronizationSecret[], kind: string])[] = [
  [
    "another spelling of the same settings is no difference",
    changed(
      NOTIFICATION,
      '{"Recipients":"A@example.com","Enabled":"True","DeleteThresholdEnabled":true,"DeleteThresholdValue":"50"}',
    ),
    "equal",
  ],
  ["another domain is one", changed("Domain", '{"domain":"other.example.com"}'), "different"],
  ["a domain in capitals is none", changed("Domain", '{"domain":"CORP.example.com"}'), "equal"],
  ["a masked key of ours cannot be verified", changed("Domain", "****"), "unverifiable"],
  ["a masked foreign key alone hinders nothing", [...inSync(), { key: "Password", value: "***" }], "equal"],
  ["but no replacement", [{ key: "Password", value: "***" }], "blocked"],
];
for (const [sentence, found, kind] of rows) test(sentence, () => expect(mergeSecrets(found, wanted()).kind).toBe(kind));

test("members of the settings that are not ours stay", () => {
  const merged = mergeSecrets(
    [{ key: NOTIFICATION, value: '{"HumanResourcesLookaheadQueryEnabled":false}' }],
    wanted(),
  );
  expect(merged.kind === "different" && JSON.parse(merged.secrets[0]?.value ?? "")).toMatchObject({
    HumanResourcesLookaheadQueryEnabled: false,
    DeleteThresholdValue: 50,
  });
});
