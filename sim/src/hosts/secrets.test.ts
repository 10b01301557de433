/** Which secrets a host can read, as its instance profile changes: proof by the host, and the world's own record. */
import { Bench, PROFILE } from "./test-bench.ts";
import { JOIN, SETUP_SECRET } from "./test-steps.ts";

const RUNTIME = PROFILE.replace("cloudsync-agent", "cloudsync-runtime");
const SECRETS = [JOIN.credentialSecretARN, SETUP_SECRET];
const HOUR_MS = 3_600_000;

function proof(bench: Bench, instanceID: string, secretARNs = SECRETS.join(",")): unknown {
  return bench.run("ProveSecretDenied", instanceID, { secretARNs }).facts;
}

function readable(bench: Bench, instanceID: string): readonly string[] {
  return bench.guests.control.truth(instanceID)?.readableSecrets ?? [];
}

function replaceProfile(bench: Bench, instanceID: string): void {
  const machine = bench.change(instanceID, { instanceProfileARN: RUNTIME });
  bench.guests.lifecycle.profileReplaced(machine);
}

test("a profile that may read its secrets is told as such, by name", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  expect(proof(bench, instanceID)).toEqual({ isDenied: false, openSecretARNs: SECRETS });
});

test("after a replacement the metadata gives the old credentials for a while; what was given stays valid for hours", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  replaceProfile(bench, instanceID);
  expect(proof(bench, instanceID)).toEqual({ isDenied: false, openSecretARNs: SECRETS });
  bench.clock.advance(60_000);
  expect(proof(bench, instanceID)).toEqual({ isDenied: true, openSecretARNs: [] });
  expect(readable(bench, instanceID)).toEqual(expect.arrayContaining(SECRETS));
  bench.clock.advance(6.5 * HOUR_MS);
  expect(readable(bench, instanceID)).toEqual([]);
});

test("a secret that is not there is not refused, so it proves nothing", () => {
  const bench = new Bench();
  const instanceID = bench.online("1", { instanceProfileARN: RUNTIME });
  const absent = `${SETUP_SECRET}x`;
  expect(proof(bench, instanceID, `${SETUP_SECRET},${absent}`)).toEqual({ isDenied: false, openSecretARNs: [absent] });
});

test("a host that is terminated reads nothing", () => {
  const bench = new Bench();
  const instanceID = bench.online("1");
  bench.end(instanceID, "terminate");
  expect(readable(bench, instanceID)).toEqual([]);
});
