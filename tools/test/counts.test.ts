import { jestCounts, unittestCounts } from "./counts.ts";

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

const python: readonly (readonly [sentence: string, text: string, counts: object | undefined])[] = [
  ["unittest, green", "....\nRan 4 tests in 1.2s\n\nOK\n", { passed: 4, failed: 0 }],
  ["unittest, failures and errors", "Ran 4 tests in 1s\n\nFAILED (failures=1, errors=2)\n", { passed: 1, failed: 3 }],
  ["pytest, green", "=== 7 passed in 0.5s ===", { passed: 7, failed: 0 }],
  ["pytest, failed", "=== 1 failed, 6 passed in 0.5s ===", { passed: 6, failed: 1 }],
  ["a traceback before the first test", "ModuleNotFoundError: No module named 'boto3'", undefined],
];
for (const [sentence, text, counts] of python)
  test(`python: ${sentence} is counted`, () => expect(unittestCounts(text)).toEqual(counts));
