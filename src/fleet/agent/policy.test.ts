import { anAgent, aPool } from "../testing/builders.ts";
import { templateHash } from "../../api/template-hash.ts";
import { underPolicy } from "./policy.ts";

const agent = anAgent();
const pool = aPool({
  spec: {
    health: { probeInterval: "1m", evidenceMaxAge: "4m" },
    timeouts: { join: "2h" },
    agent: { installer: { name: "provisioning-1.1.2505" }, minimumVersion: "1.1.2334.0" },
  },
});

test("times and the lowest version are the pool's of now", () => {
  const { template } = underPolicy(agent, pool).spec;
  expect(template.health).toEqual({ probeInterval: "1m", evidenceMaxAge: "4m" });
  expect(template.timeouts).toMatchObject({ join: "2h", install: "20m" });
  expect(template.agent.minimumVersion).toBe("1.1.2334.0");
});

test("a lowest version that the pool took back is gone", () => {
  expect(underPolicy(underPolicy(agent, pool), aPool()).spec.template.agent.minimumVersion).toBeUndefined();
});

test("without a pool the frozen ones hold", () => {
  expect(underPolicy(agent, undefined)).toBe(agent);
});

test("nothing that would need a new host changes", () => {
  expect(templateHash(underPolicy(agent, pool).spec.template)).toBe(templateHash(agent.spec.template));
});
