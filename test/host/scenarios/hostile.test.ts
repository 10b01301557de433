import { Bench } from "../../../sim/src/hosts/test-bench.ts";
import { contractOf, HOSTILE_VALUES, spoilt } from "./hostile.ts";
import { STEPS, type ScenarioStep } from "./scenario.ts";
import { furtherStateOf, stateOf } from "./world-state.ts";
import { FITTING } from "./world.ts";

const hostileFor = (step: ScenarioStep, name: string): readonly string[] => {
  const fitting = name === "operationID" ? "operationhostile" : (FITTING[step][name] ?? "");
  return [...HOSTILE_VALUES, ...spoilt(fitting)];
};

for (const step of STEPS) {
  test(`${step}: no hostile value does anything, whichever parameter carries it`, () => {
    const bench = new Bench();
    const instanceID = bench.online("1");
    const before = [stateOf(bench, instanceID), furtherStateOf(bench, instanceID)];
    for (const [name, accepts] of contractOf(step)) {
      for (const value of hostileFor(step, name)) {
        const line = bench.run(step, instanceID, { ...FITTING[step], operationID: bench.operationID(), [name]: value });
        const isRefused = line.error?.reason === "InvalidParameters";
        expect({ name, value, outcome: line.outcome, isRefused }).toEqual({
          name,
          value,
          outcome: "Failed",
          isRefused: !accepts(value),
        });
        expect([stateOf(bench, instanceID), furtherStateOf(bench, instanceID)]).toEqual(before);
      }
    }
  });
}

/** Compared with what a file says of itself, and nothing else: the words may be any. */
const COMPARED_ONLY: ReadonlySet<string> = new Set([
  "Install.productName",
  "Install.signer",
  "PassThroughInstall.productName",
  "PassThroughInstall.signer",
]);

test("contracts refuse every hostile value but in texts that are only compared", () => {
  const accepted = STEPS.flatMap((step) =>
    [...contractOf(step)].flatMap(([name, accepts]) =>
      hostileFor(step, name)
        .filter(accepts)
        .map((value) => ({ place: `${step}.${name}`, value })),
    ),
  );
  expect(accepted.filter(({ place }) => !COMPARED_ONLY.has(place))).toEqual([]);
});
