/** The documents carry real PowerShell that parses, fits into SSM, ends before SSM does, and reads exactly the parameters of its contract. */
import { join } from "node:path";
import { Language, Parser, type Node } from "web-tree-sitter";
import { HOST_STEP_NAMES, parameterContracts, type HostStepName } from "./contracts.ts";
import { DOCUMENT_BYTES_MAX, EXECUTION_TIMEOUT_SECONDS, hostDocument, PARAMETER_BYTES_MAX } from "./documents.ts";
import { partsOf } from "./script-parts.ts";
import { PART_LINES, PRELUDE_LINES, STEP_LINES } from "./scripts.generated.ts";

const GRAMMAR = join(import.meta.dirname, "../../node_modules/tree-sitter-powershell/tree-sitter-powershell.wasm");

interface DocumentBody {
  readonly parameters: Readonly<Record<string, { readonly maxChars?: number }>>;
  readonly mainSteps: readonly [
    { readonly inputs: { readonly timeoutSeconds: string; readonly runCommand: string[] } },
  ];
}
const bodyOf = (step: HostStepName): DocumentBody => JSON.parse(hostDocument(step).content) as DocumentBody;
const scriptOf = (step: HostStepName): string => bodyOf(step).mainSteps[0].inputs.runCommand.join("\n");

let parser: Parser;
beforeAll(async () => {
  await Parser.init();
  parser = new Parser();
  parser.setLanguage(await Language.load(GRAMMAR));
});

function rootOf(text: string): Node {
  const tree = parser.parse(text);
  if (tree === null) throw new Error("nothing was parsed");
  return tree.rootNode;
}

/** Places that the grammar could not read. */
function flaws(node: Node): readonly string[] {
  if (!node.hasError) return [];
  if (node.isError || node.isMissing) return [`line ${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`];
  return node.children.flatMap(flaws);
}

test("the parser sees a flaw where there is one", () => {
  expect(flaws(rootOf("if ($true) { Get-Item -Path 'a' "))).not.toEqual([]);
});

describe.each(HOST_STEP_NAMES)("%s", (step) => {
  test("is PowerShell without a syntax error: the prelude, the step's parts, then the step", () => {
    expect(flaws(rootOf(scriptOf(step)))).toEqual([]);
    const parts = partsOf(step).flatMap((part) => PART_LINES[part]);
    expect(scriptOf(step)).toBe([...PRELUDE_LINES, ...parts, ...STEP_LINES[step]].join("\n"));
  });

  test("ends in one call that names the step", () => {
    const calls = STEP_LINES[step].filter((line) => line.includes("Invoke-CloudSyncStep"));
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatch(new RegExp(`^Invoke-CloudSyncStep -Name '${step}' `));
  });

  test("reads the parameters of its contract, all of them and no others", () => {
    const read = [...scriptOf(step).matchAll(/Get-CloudSyncParameter -Name '([A-Za-z0-9]+)'/g)].map(([, name]) => name);
    expect([...new Set(read)].toSorted()).toEqual(
      parameterContracts(step)
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  test("fits into a document of SSM together with its parameters", () => {
    const own = Buffer.byteLength(hostDocument(step).content);
    expect(own + parameterBytes(step)).toBeLessThanOrEqual(DOCUMENT_BYTES_MAX);
  });

  test("declares the lengths of its contract", () => {
    const declared = Object.entries(bodyOf(step).parameters).map(([name, { maxChars }]) => [name, maxChars]);
    expect(declared).toEqual(parameterContracts(step).map(({ name, lengthMax }) => [name, lengthMax]));
  });
});

test("no parameter of any step can be longer than what is kept free for all of one step", () => {
  for (const step of HOST_STEP_NAMES) expect(parameterBytes(step)).toBeLessThanOrEqual(PARAMETER_BYTES_MAX);
});

/** The longest parameters that the step's contract admits, in bytes. */
function parameterBytes(step: HostStepName): number {
  const bytes = parameterContracts(step).map(({ name, lengthMax, pattern, allowedValues }) => {
    const longest = allowedValues === undefined ? boundOf(pattern ?? "") : 40;
    return name.length + Math.min(lengthMax ?? Infinity, longest);
  });
  return bytes.reduce((sum, one) => sum + one, 0);
}

/** The longest texts of the contracts' patterns: sixteen names, a distinguished name, an S3 key. */
function boundOf(pattern: string): number {
  if (pattern.includes("{0,15}")) return 16 * 256;
  if (pattern.includes("{0,24}")) return 25 * 1_004;
  if (pattern.includes("{1,1000}")) return 1_003;
  return pattern.includes("+") || pattern.includes("512") ? 512 : 128;
}

test("a run ends before SSM ends it, and SSM's limit is stated", () => {
  const deadline = /^\$script:DeadlineSeconds = ([0-9]+)$/m.exec(PRELUDE_LINES.join("\n"))?.[1];
  expect(Number(deadline)).toBeGreaterThan(0);
  expect(EXECUTION_TIMEOUT_SECONDS - Number(deadline)).toBeGreaterThanOrEqual(60);
  for (const step of HOST_STEP_NAMES) {
    expect(bodyOf(step).mainSteps[0].inputs.timeoutSeconds).toBe(String(EXECUTION_TIMEOUT_SECONDS));
  }
});

test("what the step gives up on waiting for the lock leaves time for the work", () => {
  const seconds = (name: string): number =>
    Number(new RegExp(`^\\$script:${name} = ([0-9]+)$`, "m").exec(PRELUDE_LINES.join("\n"))?.[1]);
  expect(seconds("LockWaitSeconds")).toBeLessThanOrEqual(seconds("DeadlineSeconds") / 2);
});
