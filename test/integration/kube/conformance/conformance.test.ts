/** Every row gives the same answers, versions and events from the in-memory server and from the real one. */
import { randomBytes } from "node:crypto";
import type { ApiServer } from "../../../../sim/src/kube/server.ts";
import { kubectlOk } from "../../../support/kubectl.ts";
import { sharedControlPlane } from "../../../support/shared-control-plane.ts";
import { productCrds, SUITE_CRDS } from "./crds.ts";
import { memoryServer, memoryTarget } from "./memory-target.ts";
import { normalised } from "./normal.ts";
import { realTarget } from "./real-target.ts";
import type { RealTarget } from "./real-target.ts";
import type { Row } from "./row.ts";
import { APPLY_ROWS } from "./rows-apply.ts";
import { CREATE_ROWS, REPLACE_ROWS } from "./rows-create.ts";
import { DELETE_ROWS, GARBAGE_ROWS, NAMESPACE_ROWS } from "./rows-delete.ts";
import { BUILT_IN_ROWS, CONFIG_MAP_ROWS, LEASE_ROWS, PRODUCT_ROWS } from "./rows-kinds.ts";
import { PATCH_ROWS } from "./rows-patch.ts";
import { SCHEMA_ROWS } from "./rows-schema.ts";
import { SCALE_ROWS, STATUS_ROWS } from "./rows-status.ts";
import { WATCH_ROWS } from "./rows-watch.ts";
import { run } from "./target.ts";
import type { Target } from "./target.ts";

const facts = sharedControlPlane();
const shared = `conform-${randomBytes(4).toString("hex")}`;
const made = new Set<string>();
let server: ApiServer;
let real: RealTarget;
let memory: Target;

async function makeNamespace(name: string): Promise<void> {
  made.add(name);
  const request = {
    method: "POST",
    path: "/api/v1/namespaces",
    body: { metadata: { name } },
    userAgent: "conformance/1.0",
  } as const;
  for (const target of [real, memory]) {
    const { status } = await target.send(request);
    if (status !== 201) throw new Error(`namespace ${name}: ${status}`);
  }
}

beforeAll(async () => {
  const stdin = JSON.stringify({ apiVersion: "v1", kind: "List", items: SUITE_CRDS });
  await kubectlOk(facts, ["apply", "--server-side", "-f", "-"], { stdin });
  const names = SUITE_CRDS.map((crd) => `crd/${(crd as { metadata: { name: string } }).metadata.name}`);
  await kubectlOk(facts, ["wait", "--for=condition=Established", "--timeout=30s", ...names]);
  server = memoryServer([...SUITE_CRDS, ...productCrds()]);
  real = realTarget(facts);
  memory = memoryTarget(server);
  await makeNamespace(shared);
}, 60_000);

afterAll(async () => {
  for (const name of made) await real.send({ method: "DELETE", path: `/api/v1/namespaces/${name}` });
  await real.close();
});

const GROUPS: readonly (readonly [sentence: string, rows: readonly Row[]])[] = [
  ["create, read and list", CREATE_ROWS],
  ["replace", REPLACE_ROWS],
  ["patch", PATCH_ROWS],
  ["server-side apply", APPLY_ROWS],
  ["status", STATUS_ROWS],
  ["scale", SCALE_ROWS],
  ["schema", SCHEMA_ROWS],
  ["delete", DELETE_ROWS],
  ["garbage collector", GARBAGE_ROWS],
  ["namespaces", NAMESPACE_ROWS],
  ["watch", WATCH_ROWS],
  ["leases", LEASE_ROWS],
  ["built-in kinds", BUILT_IN_ROWS],
  ["config maps", CONFIG_MAP_ROWS],
  ["the product's kinds", PRODUCT_ROWS],
];

let rows = 0;
describe.each(GROUPS)("%s", (_, group) => {
  test.each(group.map((row) => [row.name, row] as const))(
    "%s",
    async (_name, row) => {
      rows += 1;
      const unique = `row${rows}`;
      const namespace = row.ownNamespace === undefined ? shared : `${shared}-${rows}`;
      if (row.ownNamespace !== undefined) await makeNamespace(namespace);
      const names = { namespace, unique };
      const theirs = normalised(await run(row, real, names), names);
      const ours = normalised(await run(row, memory, names), names);
      expect(ours).toEqual(theirs);
    },
    120_000,
  );
});
