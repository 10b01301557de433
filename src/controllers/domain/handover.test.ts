import { fakeClock } from "../../../test/support/fake-clock.ts";
import { anAgent } from "../../fleet/testing/builders.ts";
import { handoverMemory, isSlotAwaited } from "./handover.ts";

const KEY = { namespace: "identity", name: "corp" };
const holder = { agentUID: "uid-b", agentKey: { namespace: "identity", name: "tokyo-1-1" }, deadlineMs: 0 };
const shown = { agentUID: "uid-a", agentNamespace: "identity", agentName: "tokyo-0-1" };
const next = { agentUID: "uid-b", agentNamespace: "identity", agentName: "tokyo-1-1" };
const INSTALLED = ["Launched", "Online", "PreflightPassed", "Joined", "Installed"];

test("while a host waits for the slot, the one before it is shown until it is taken", async () => {
  const clock = fakeClock();
  const memory = handoverMemory(clock);
  const free = { shown, holder: undefined, isAwaited: true };
  expect(memory.shown(KEY, free)).toEqual({ registration: shown, leftMs: 10_000 });
  await clock.advance(4_000);
  expect(memory.shown(KEY, free)).toEqual({ registration: shown, leftMs: 6_000 });
  expect(memory.shown(KEY, { ...free, holder })).toEqual({ registration: next, leftMs: 0 });
  await clock.advance(7_000);
  expect(memory.shown(KEY, free)).toEqual({ registration: shown, leftMs: 10_000 }); // another hand-over
});

test("a slot that nobody waits for, or that nobody takes in time, is shown free", async () => {
  const clock = fakeClock();
  const memory = handoverMemory(clock);
  expect(memory.shown(KEY, { shown, holder: undefined, isAwaited: false })).toEqual({
    registration: undefined,
    leftMs: 0,
  });
  memory.shown(KEY, { shown, holder: undefined, isAwaited: true });
  await clock.advance(10_000);
  expect(memory.shown(KEY, { shown, holder: undefined, isAwaited: true })).toEqual({
    registration: undefined,
    leftMs: 0,
  });
});

test("only installed hosts that the operator registers itself stand before the slot", () => {
  expect(isSlotAwaited([anAgent({ passed: INSTALLED })])).toBe(true);
  expect(isSlotAwaited([anAgent({ passed: INSTALLED.slice(0, 4) })])).toBe(false);
  expect(isSlotAwaited([anAgent({ passed: "all" })])).toBe(false);
  expect(isSlotAwaited([anAgent({ passed: INSTALLED, registrationMode: "Manual" })])).toBe(false);
  const metadata = { deletionTimestamp: "2026-11-22T07:59:30Z" };
  expect(isSlotAwaited([anAgent({ passed: INSTALLED, metadata })])).toBe(false);
});
