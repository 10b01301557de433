import { DEFAULT_BUCKETS, type BucketLayout } from "../layout/buckets.ts";
import { Bench } from "./test-bench.ts";
import { configured, DIAGNOSTICS } from "./test-steps.ts";

const BUCKET = DEFAULT_BUCKETS.buckets[0]!;
const withBucket = (changes: Partial<BucketLayout>): Bench =>
  new Bench({ layout: { buckets: { buckets: [{ ...BUCKET, ...changes }] } } });

test("an archive arrives under prefix, computer and operation, from the vendor's tools on a finished host", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  const key = "diagnostics/tokyo/CSA1/operationarchive.zip";
  const line = bench.run("CollectDiagnostics", instanceID, { operationID: "operationarchive", ...DIAGNOSTICS });
  expect(line).toMatchObject({
    changed: true,
    facts: { key, fileCount: 2, isTruncated: false, source: "VendorTools" },
  });
  expect(bench.guests.control.uploads()).toMatchObject([{ bucket: "cloudsync-output", key }]);
});

test("a host without a finished agent is collected too, by the product itself", () => {
  const bench = new Bench();
  expect(bench.run("CollectDiagnostics", bench.online("1"), DIAGNOSTICS)).toMatchObject({
    facts: { source: "Product" },
  });
});

test("secrets in a trace do not leave the host", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  const planted = [
    "Authorization: Bearer c2VjcmV0LXRva2Vu.abcdef",
    "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl was used",
    'password="world-registration-password" user=x',
    "client_secret=world-client-secret&scope=all",
    "-----BEGIN PRIVATE KEY-----\nMIIworldkey\n-----END PRIVATE KEY-----",
    "key AKIAWORLDWORLDWORLD0 here",
  ];
  for (const line of planted) bench.guests.control.writeTrace(instanceID, line);
  bench.guests.control.writeTrace(instanceID, "The agent registered with credential type UseGMSA.");
  const line = bench.run("CollectDiagnostics", instanceID, DIAGNOSTICS);
  expect(line.facts?.["redactionCount"]).toBeGreaterThanOrEqual(planted.length);
  const archive = JSON.stringify(bench.guests.control.uploads());
  for (const secret of ["c2VjcmV0", "eyJhbGci", "world-registration", "world-client", "MIIworld", "AKIAWORLD"]) {
    expect(archive).not.toContain(secret);
  }
  expect(archive).toContain("credential type UseGMSA");
});

test("a long trace is cut, newest lines first, and the archive says so", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  for (let line = 0; line < 1_200; line += 1) bench.guests.control.writeTrace(instanceID, `line ${line}`);
  expect(bench.run("CollectDiagnostics", instanceID, DIAGNOSTICS)).toMatchObject({ facts: { isTruncated: true } });
  const trace = bench.guests.control.uploads()[0]?.files["trace.log"] ?? "";
  expect([trace.includes("line 1199"), trace.includes("line 100\n")]).toEqual([true, false]);
});

const rows: readonly (readonly [sentence: string, bench: () => Bench, changes: object, error: object])[] = [
  [
    "no such bucket",
    () => new Bench(),
    { bucket: "other-bucket" },
    { class: "Permanent", reason: "OutputBucketNotFound" },
  ],
  [
    "a bucket of another account",
    () => withBucket({ ownerAccountID: "444455556666" }),
    {},
    { class: "Person", reason: "OutputBucketDenied" },
  ],
  [
    "a role without the right",
    () => withBucket({ writableBy: [] }),
    {},
    { class: "Person", reason: "OutputBucketDenied" },
  ],
  [
    "a prefix that is not the host's",
    () => new Bench(),
    { keyPrefix: "elsewhere/" },
    { class: "Person", reason: "OutputBucketDenied" },
  ],
];
for (const [sentence, bench, changes, error] of rows) {
  test(`nothing is uploaded on ${sentence}`, () => {
    const world = bench();
    expect(world.run("CollectDiagnostics", world.online("1"), { ...DIAGNOSTICS, ...changes })).toMatchObject({ error });
    expect(world.guests.control.uploads()).toEqual([]);
  });
}
