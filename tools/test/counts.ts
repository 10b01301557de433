/**
 * Reads what test runners say into passed and failed. Pure.
 * Guarantees: a suite that failed to run counts as a failure; skipped tests count as failures, because nothing here may be skipped.
 */
import { z } from "zod";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
  success: z.boolean(),
});

/** The file that `jest --json --outputFile` writes; `undefined` when it is no such report. */
export function jestCounts(text: string): Counts | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined; // cut short: jest was killed while it wrote
  }
  const result = report.safeParse(document);
  if (!result.success) return undefined;
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites, success } =
    result.data;
  const failed = numFailedTests + numPendingTests + numTodoTests + numRuntimeErrorTestSuites;
  // A failed global setup or an open handle: not a single test failed, yet the run did.
  return { passed: numPassedTests, failed: failed === 0 && !success ? 1 : failed };
}

/** The last line of a program that counts its own checks: `N passed, N failed`; `undefined` when it is not there. */
export function lineCounts(output: string): Counts | undefined {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  return last === undefined ? undefined : { passed: Number(last[1]), failed: Number(last[2]) };
}
