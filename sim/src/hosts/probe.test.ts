import { Bench } from "./test-bench.ts";

test("a fresh host boots, appears in SSM after its delay and answers a probe in the words of the contract", () => {
  const bench = new Bench();
  const instanceID = bench.launch("1");
  bench.clock.advance(3 * 60_000);
  expect(bench.call("DescribeInstanceInformation", {})).toMatchObject({ InstanceInformationList: [] });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ power: "booting", booted: false });
  bench.clock.advance(5 * 60_000);
  expect(bench.call("DescribeInstanceInformation", {})).toMatchObject({
    InstanceInformationList: [{ InstanceId: instanceID, PingStatus: "Online", AgentVersion: "3.3.3050.0" }],
  });
  const line = bench.run("Probe", instanceID);
  expect(line).toMatchObject({
    step: "Probe",
    outcome: "Succeeded",
    changed: false,
    facts: { domain: null, agentService: "Missing", tenantID: null, isGMSAUsable: null, configuredDomains: [] },
  });
  expect(line.facts?.["computerName"]).toMatch(/^EC2AMAZ-[A-Z0-9]{7}$/);
});
