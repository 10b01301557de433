import { LIMITS } from "./limits.ts";

test("the stages of a shutdown fit under its end, and that under the kubelet's patience", () => {
  // Otherwise SIGKILL falls between a sent RunInstances and the write of its id (S1).
  const stagesMs = 2 * LIMITS.stopIntakeMs + LIMITS.drainStageMs + LIMITS.releaseLeaseMs + LIMITS.closeMs;
  expect(LIMITS.drainMs).toBeLessThan(LIMITS.drainStageMs);
  expect(stagesMs).toBeLessThan(LIMITS.shutdownMs);
  expect(LIMITS.shutdownMs).toBeLessThan(LIMITS.terminationGraceMs);
});

test("a stuck worker is noticed by the factor, not by the deadline itself", () => {
  // At the deadline the pass's signal aborts: it must have time to end by itself.
  expect(LIMITS.stuckPassFactor).toBeGreaterThan(1);
});

test("the installers and grants at their most fit into one configuration file", () => {
  const installerBytesMax = 63 + 26 + 63 + 512 + 128 + 64 + 40 + 200; // texts, and the field names and quotes around them
  const grantBytesMax = 63 + 12 + 560 + 100;
  expect(LIMITS.installersMax * installerBytesMax).toBeLessThan(LIMITS.configurationFileBytesMax);
  expect(LIMITS.identityGrantsMax * grantBytesMax).toBeLessThan(LIMITS.configurationFileBytesMax);
});

test("an event loop delay is worth a warning before it can cost the lease", () => {
  const renewDeadlineMs = 10_000; // the default of --lease-renew-deadline
  expect(LIMITS.eventLoopDelayWarnMs * 5).toBeLessThanOrEqual(renewDeadlineMs);
});
