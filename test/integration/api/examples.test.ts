/** What users copy is accepted as it stands; the demo's overlay changes only times. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { kubectl, kubectlApply, kubectlOk } from "../../support/kubectl.ts";
import { sharedControlPlane } from "../../support/shared-control-plane.ts";

interface Example {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

const EXAMPLES = resolve(import.meta.dirname, "../../../examples");
const target = sharedControlPlane();

/** Server-side dry-run needs the namespace to be there: the examples name theirs, so it is made for the run. */
beforeAll(async () => {
  await kubectlApply(target, documentsOf(readFileSync(join(EXAMPLES, "00-namespace.yaml"), "utf8")));
});

test("kubectl apply -f examples/ is accepted, strictly validated", async () => {
  const answer = await kubectl(target, ["apply", "--dry-run=server", "--validate=strict", "-f", EXAMPLES]);
  expect(answer).toMatchObject({ code: 0, stderr: "" });
  expect(answer.stdout).toContain("cloudsyncagentpool.cloudsync.dev/tokyo created (server dry run)");
});

test("the demo's overlay is accepted and only shortens times", async () => {
  const text = await kubectlOk(target, ["kustomize", "--load-restrictor=LoadRestrictionsNone", join(EXAMPLES, "demo")]);
  const answer = await kubectlApply(target, text, ["--dry-run=server", "--validate=strict"]);
  expect(answer).toMatchObject({ code: 0, stderr: "" });
  const copied = readdirSync(EXAMPLES)
    .filter((name) => name.endsWith(".yaml"))
    .flatMap((name) => documentsOf(readFileSync(join(EXAMPLES, name), "utf8")));
  expect(documentsOf(text).map(withoutTimes).sort(byKind)).toEqual(copied.map(withoutTimes).sort(byKind));
});

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
