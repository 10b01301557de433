import { jestCounts, lineCounts } from "./counts.ts";

const report = (changes: object = {}): string =>
  JSON.stringify({
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
    success: true,
    ...changes,
  });

const rows: readonly (readonly [sentence: string, text: string, counts: object | undefined])[] = [
  ["a green run", report(), { passed: 5, failed: 0 }],
  ["a failed test", report({ numFailedTests: 2, success: false }), { passed: 5, failed: 2 }],
  [
    "a suite that could not be loaded",
    report({ numRuntimeErrorTestSuites: 1, success: false }),
    { passed: 5, failed: 1 },
  ],
  ["a skipped test", report({ numPendingTests: 1 }), { passed: 5, failed: 1 }],
  ["a run that failed without a failed test", report({ success: false }), { passed: 5, failed: 1 }],
  ["a report cut short", report().slice(0, 40), undefined],
  ["another program's output", "{}", undefined],
];
for (const [sentence, text, counts] of rows)
  test(`jest: ${sentence} is counted`, () => expect(jestCounts(text)).toEqual(counts));

const lines: readonly (readonly [sentence: string, text: string, counts: object | undefined])[] = [
  ["a green run", "ok a\n7 passed, 0 failed\n", { passed: 7, failed: 0 }],
  ["a failed check", "FAIL a\n6 passed, 1 failed\n", { passed: 6, failed: 1 }],
  ["only the last line", "1 passed, 1 failed\nok\n2 passed, 0 failed\n", { passed: 2, failed: 0 }],
  ["a crash before the first check", "ModuleNotFoundError: No module named 'boto3'", undefined],
];
for (const [sentence, text, counts] of lines)
  test(`counted lines: ${sentence} is read`, () => expect(lineCounts(text)).toEqual(counts));
