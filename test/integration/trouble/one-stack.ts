/**
 * One stack for all tests of a file: its world is slowed or hurried before the operator starts, and its truth is checked after each test.
 * Guarantees: what is checked after a test is what every fleet owes (test/support/truth.ts); the stack is stopped whatever became of the tests.
 */
import type { Stack } from "../../support/stack.ts";
import { assertTruth } from "../../support/truth.ts";
import * as fleets from "./fleets.ts";

export interface OneStackOptions {
  readonly namespaces: number;
  /** Delays of the world in milliseconds, by their names (docs/world.md). */
  readonly delays?: Readonly<Record<string, number>>;
}

/** Registers the hooks of the file. @param started told the stack once its operator is running */
export function useOneStack({ namespaces, delays = {} }: OneStackOptions, started: (stack: Stack) => void): void {
  let stack: Stack;

  beforeAll(async () => {
    stack = await fleets.startFleets({ namespaces });
    await stack.world.control.ask("PUT", "/delays", delays);
    stack.startOperator();
    started(stack);
  }, fleets.TEST_MS);

  afterEach(() => assertTruth(stack));

  afterAll(async () => {
    await stack.stop();
  }, fleets.TEST_MS);
}

export function namespaceOf({ namespaces }: Stack, index: number): string {
  return namespaces[index] ?? "";
}
