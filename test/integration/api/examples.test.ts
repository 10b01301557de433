/** What users copy is accepted as it stands; the demo's overlay changes only times. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { kubectlApply, kubectlOk } from "../../support/kubectl.ts";
import { freshNamespace, type TestNamespace } from "../../support/namespace.ts";
import { sharedControlPlane } from "../../support/shared-control-plane.ts";

interface Example {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

const EXAMPLES = resolve(import.meta.dirname, "../../../examples");
const COPIED = readdirSync(EXAMPLES)
  .filter((name) => name.endsWith(".yaml"))
  .flatMap((name) => documentsOf(readFileSync(join(EXAMPLES, name), "utf8")));

const target = sharedControlPlane();
let namespace: TestNamespace;
beforeAll(async () => {
  namespace = await freshNamespace(target, "examples");
});
afterAll(() => namespace.delete());

/** kubectl's own deadline, and a second kubectl: discovery and eleven dry-runs took 7 s on a busy machine. */
const DRY_RUN_MS = 60_000;

test(
  "every example is accepted, strictly validated",
  async () => {
    expect(COPIED.map(({ kind }) => kind)).toEqual([
      "Namespace",
      "ServiceAccount",
      "ServiceAccount",
      "EntraTenant",
      "ADDomain",
      "CloudSyncAgentPool",
      "SyncConfiguration",
      "GroupScope",
      "ProvisioningTest",
      "Namespace",
      "GroupScope",
    ]);
    expect(await dryRun(COPIED)).toMatchObject({ code: 0, stderr: "" });
  },
  DRY_RUN_MS,
);

test(
  "the demo's overlay is accepted and only shortens times",
  async () => {
    const text = await kubectlOk(target, [
      "kustomize",
      "--load-restrictor=LoadRestrictionsNone",
      join(EXAMPLES, "demo"),
    ]);
    const overlaid = documentsOf(text);
    expect(await dryRun(overlaid)).toMatchObject({ code: 0, stderr: "" });
    expect(overlaid.map(withoutTimes).sort(byKind)).toEqual(COPIED.map(withoutTimes).sort(byKind));
  },
  DRY_RUN_MS,
);

/** A server-side dry-run needs the namespace to be there, so each test run has its own instead of the examples'. */
function dryRun(examples: readonly Example[]) {
  const moved = examples.map((example) =>
    example.metadata.namespace === undefined
      ? example
      : { ...example, metadata: { ...example.metadata, namespace: namespace.name } },
  );
  return kubectlApply(target, moved, ["--dry-run=server", "--validate=strict"]);
}

function documentsOf(text: string): Example[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Example);
}

function withoutTimes(example: Example): Example {
  if (example.kind !== "CloudSyncAgentPool") return example;
  const { health: _health, remediation: _remediation, timeouts: _timeouts, ...spec } = example.spec;
  return { ...example, spec };
}

function byKind(left: Example, right: Example): number {
  return left.kind < right.kind ? -1 : 1;
}
