/**
 * The operator is killed after a write to Graph took effect and before its answer arrives, at each kind of write that must not be made twice (S1, S8).
 * One story on one stack: a configuration is made through three deaths, and there is one application, one job and one assignment a group.
 */
import { eventually } from "../../support/eventually.ts";
import { isReady } from "../../support/stack-api.ts";
import {
  CANARY_SCOPE,
  CONFIGURATION,
  examples,
  FILE_MS,
  PATIENCE_MS,
  startEntraStack,
  TEAM_SCOPE,
  type EntraStack,
} from "./entra-stack.ts";

const SCOPE_CLIENT = "3d1f7a64-08c5-4a0e-9b1d-6d0f2f9a4c21";
const JOBS = "/servicePrincipals/{servicePrincipal-id}/synchronization/jobs";
const ASSIGN = "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo";

let stack: EntraStack;

beforeAll(async () => {
  stack = await startEntraStack();
}, FILE_MS);

afterAll(() => stack.stop(), FILE_MS);

interface Deadly {
  readonly what: string;
  readonly action: string;
  readonly clientID?: string;
}

const DEADLY: readonly Deadly[] = [
  { what: "the application was made", action: "POST /applicationTemplates/{applicationTemplate-id}/instantiate" },
  { what: "a batch of assignments was made", action: "POST /$batch", clientID: SCOPE_CLIENT },
  { what: "the job was made", action: `POST ${JOBS}` },
];

/** The answers are lost, in the order in which the calls come. */
async function loseAnswers(): Promise<ReadonlyMap<string, Deadly>> {
  const armed = new Map<string, Deadly>();
  for (const deadly of DEADLY) {
    const { action, clientID } = deadly;
    const { id } = (await stack.world.control.ask("POST", "/faults", {
      service: "graph",
      action,
      ...(clientID === undefined ? {} : { match: { clientID } }),
      times: 1,
      effect: { kind: "lostResponse", symptom: "timeout" },
    })) as { readonly id: string };
    armed.set(id, deadly);
  }
  return armed;
}

async function struckOf(armed: ReadonlyMap<string, Deadly>): Promise<readonly string[]> {
  const rules = (await stack.world.control.ask("GET", "/faults")) as readonly {
    readonly id: string;
    readonly strikes: number;
  }[];
  return rules.filter(({ id, strikes }) => armed.has(id) && strikes > 0).map(({ id }) => id);
}

test(
  "killed after each write that is not idempotent: one application, one job, one assignment a group",
  async () => {
    const armed = await loseAnswers();
    stack.startOperator();
    await stack.apply(examples({ hasFleet: false }));
    for (let deaths = 1; deaths <= DEADLY.length; deaths += 1) {
      await eventually(
        `death ${deaths}: an answer was lost`,
        () => struckOf(armed),
        (struck) => struck.length >= deaths,
        { timeoutMs: PATIENCE_MS, intervalMs: 20 },
      );
      await stack.operator().kill();
      stack.startOperator();
    }
    for (const where of [CANARY_SCOPE, TEAM_SCOPE]) await stack.until(where, `${where.name} is in scope`, isReady);
    await stack.until(CONFIGURATION, "its job is known", (object) => {
      const jobs = object?.status?.["jobs"] as readonly unknown[] | undefined;
      return jobs?.length === 1 && object?.status?.["schemaHash"] !== undefined;
    });
    const { configurations, breaches } = await stack.record();
    expect(configurations).toEqual([
      expect.objectContaining({ assigned: ["sg-canary", "sg-sales-emea", "sg-sales-japan"] }),
    ]);
    expect(configurations[0]?.jobs).toHaveLength(1);
    expect(breaches).toBe(0);
    const sent = await Promise.all(
      [DEADLY[0]?.action ?? "", `POST ${JOBS}`, ASSIGN].map((operation) => stack.calls(operation)),
    );
    expect(sent).toEqual([1, 1, 3]);
  },
  FILE_MS,
);
