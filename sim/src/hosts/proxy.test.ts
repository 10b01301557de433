import { Bench } from "./test-bench.ts";
import { installed, passThrough, PROXY } from "./test-steps.ts";

const URL = PROXY.proxyURL;

test("a proxy comes into the agent's file, the updater's file and WinHTTP, and a running service is restarted once", () => {
  const bench = new Bench();
  const instanceID = installed(bench, "1");
  const facts = {
    agentProxy: URL,
    updaterProxy: URL,
    winHTTPProxy: "proxy.corp.example.com:3128",
    agentService: "Running",
  };
  expect(bench.run("Proxy", instanceID, PROXY)).toMatchObject({ changed: true, facts });
  expect(bench.run("Proxy", instanceID, PROXY)).toMatchObject({ changed: false, facts });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ proxy: { agent: URL, passThrough: null } });
});

test("an empty proxy takes it out again", () => {
  const bench = new Bench();
  const instanceID = installed(bench, "1");
  bench.run("Proxy", instanceID, PROXY);
  expect(bench.run("Proxy", instanceID, { ...PROXY, proxyURL: "" })).toMatchObject({
    changed: true,
    facts: { agentProxy: null, updaterProxy: null, winHTTPProxy: null },
  });
});

test("a stopped service stays stopped: a drained host is not woken", () => {
  const bench = new Bench();
  const instanceID = installed(bench, "1");
  bench.run("Drain", instanceID);
  expect(bench.run("Proxy", instanceID, PROXY)).toMatchObject({ changed: true, facts: { agentService: "Stopped" } });
});

test("the Pass-through Authentication agent has a file of its own", () => {
  const bench = new Bench();
  const instanceID = passThrough(bench, "1");
  const wanted = { ...PROXY, agentKind: "PassThroughAuthentication" };
  expect(bench.run("Proxy", instanceID, wanted)).toMatchObject({ changed: true, facts: { agentService: "Running" } });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ proxy: { agent: null, passThrough: URL } });
});

test("a host without the agent fails and keeps WinHTTP as it is", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  expect(bench.run("Proxy", instanceID, PROXY)).toMatchObject({
    error: { class: "Permanent", reason: "AgentNotInstalled" },
  });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ proxy: { winHTTP: null } });
});

test("a configuration file that is no XML is left to a person", () => {
  const bench = new Bench();
  const instanceID = installed(bench, "1");
  bench.guests.control.spoilConfiguration(instanceID);
  expect(bench.run("Proxy", instanceID, PROXY)).toMatchObject({
    changed: false,
    error: { class: "Person", reason: "ConfigurationMalformed" },
  });
  expect(bench.guests.control.truth(instanceID)).toMatchObject({ proxy: { agent: null, winHTTP: null } });
});
