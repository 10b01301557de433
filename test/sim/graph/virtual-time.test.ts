/** Both SDKs inside a run of virtual time: no file, name look-up, thread pool or real timer (sim/src/virtual/guards.ts). */
import { activate, installVirtualGlobals } from "../../../sim/src/virtual/globals.ts";
import { installGuards, takeEscapes } from "../../../sim/src/virtual/guards.ts";
import { newActor, Scheduler } from "../../../sim/src/virtual/scheduler.ts";
import { seededDice } from "../../../sim/src/core/clock.ts";
import { createEntra } from "../../../src/entra/adapters.ts";
import type { EntraAccess } from "../../../src/entra/access/port.ts";
import { batchAnswers, scriptedTransport } from "../../../src/entra/testing/scripted-transport.ts";
import { ACCESS } from "../../../src/entra/testing/scripted-entra.ts";
import * as sdks from "../../../src/entra/vendor-sdks.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { testCertificate } from "./test-certificate.ts";

test("tokens by each kind of proof, a list and a batch are the same work on a virtual clock", async () => {
  installVirtualGlobals();
  installGuards();
  const certificate = testCertificate();
  const scheduler = new Scheduler({ startMs: Date.UTC(2026, 10, 1), onSettled: () => undefined });
  const actor = newActor("operator");
  const transport = scriptedTransport({
    graph: batchAnswers(
      () => ({ status: 200, body: "3" }),
      () => ({ status: 200, body: { value: [] } }),
    ),
  });
  const told: unknown[] = [];
  scheduler.schedule(actor, 0, "starts", () => {
    const entra = createEntra({
      clock: {
        nowMs: () => scheduler.nowMs(),
        monotonicMs: () => scheduler.elapsedMs(),
        schedule: (delayMs, callback) => scheduler.schedule(actor, delayMs, "timer", callback),
      },
      dice: () => 0.5,
      log: silentLog,
      transport,
      endpoints: { graph: "https://127.0.0.1:9443", authority: "https://127.0.0.1:9443" },
      grants: [],
      serviceAccounts: { token: () => Promise.resolve({ kind: "issued", token: "jwt", expiresAtMs: 0 }) },
      secrets: {
        read: ({ name }) =>
          Promise.resolve({ kind: "found", values: name === "cert" ? certificate : { "client-secret": "s" } }),
      },
      mayWrite: () => true,
      loadSDKs: () => Promise.resolve(sdks),
    });
    const never = new AbortController().signal;
    const proofs: readonly EntraAccess["proof"][] = [
      { kind: "secret", namespace: "a", secretNames: ["secret"] },
      { kind: "certificate", namespace: "a", secretNames: ["cert"] },
      { kind: "serviceAccount", namespace: "a", name: "sa" },
    ];
    for (const proof of proofs)
      void entra.groups
        .byDisplayName({ ...ACCESS, proof }, "G", never)
        .then((listing) => told.push(listing.kind === "complete" ? listing.kind : listing));
    void entra.groups.memberCounts(ACCESS, ["g"], never).then((counts) => told.push(counts));
  });
  activate({ scheduler, dice: seededDice(1), bystander: newActor("bystander") });
  try {
    await scheduler.run(scheduler.nowMs() + 60_000);
  } finally {
    activate(undefined);
  }
  expect(takeEscapes()).toEqual([]);
  expect(told).toHaveLength(4);
  expect(told).toEqual(expect.arrayContaining(["complete", "complete", "complete", [3]]));
  expect(scheduler.elapsedMs()).toBeLessThan(60_001);
});
