/** The rows that every further step has: success, second run, repeated command, and the power going before and after the effect. */
import type { Expected, FurtherState, HostState, Scenario } from "./scenario.ts";

export type Row = Omit<Scenario, "sentence" | "step" | "before"> & Partial<Scenario>;
export type MakeRow = (sentence: string, row: Row) => Scenario;

export interface Usual {
  /** What a success is: the sentence of the first row. */
  readonly sentence: string;
  /** `false`: the step only looks. */
  readonly changes?: false;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly after?: Partial<HostState>;
  readonly further?: Partial<FurtherState>;
  readonly parameters?: Readonly<Record<string, string>>;
  /** For a step that does its work again each time: what is so after the second one. */
  readonly again?: { readonly further?: Partial<FurtherState> };
}

/** @param make puts in the step, its stage and what stands beside the host */
export function rowsOf(step: Scenario["step"], around: Pick<Scenario, "before" | "beside">): MakeRow {
  return (sentence, row) => ({ step, ...around, ...row, sentence: `${step}: ${sentence}` });
}

export function usualRows(make: MakeRow, usual: Usual): readonly Scenario[] {
  const { facts, after, further, parameters, again } = usual;
  const changes = usual.changes ?? true;
  const once = { ...pick({ after, further, parameters }) };
  const twice = { ...once, ...again };
  const line = (changed?: boolean): Expected => ({ outcome: "Succeeded", ...pick({ changed, facts }) });
  const changesAgain = changes && again !== undefined;
  return [
    make(usual.sentence, { ...once, line: line(changes) }),
    make(changesAgain ? "a second command does it again" : "a second command finds nothing to do", {
      ...twice,
      runs: 2,
      line: line(changesAgain),
    }),
    make("the same command twice answers with the first result", {
      ...once,
      runs: 2,
      repeats: true,
      line: line(changes),
    }),
    // The SSM agent goes on with its command after the restart, so the work is done once for each command.
    make("the power goes before anything is done, and the next command ends well", {
      ...twice,
      interruption: { kind: "power", when: "before" },
      runs: 2,
      line: line(),
    }),
    make("the power goes when all is done, and the next command ends well", {
      ...twice,
      interruption: { kind: "power", when: "after" },
      runs: 2,
      line: line(changesAgain),
    }),
  ];
}

export function fails(errorClass: string, reason: string, changed?: boolean): Expected {
  return { outcome: "Failed", ...pick({ changed }), error: { class: errorClass, reason } };
}

/** Without what is undefined. */
function pick<Fields extends Readonly<Record<string, unknown>>>(
  fields: Fields,
): { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}
