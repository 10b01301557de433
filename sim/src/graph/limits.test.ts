/** Throttling, as entra-graph reference 10.1 says. */
import { exercises } from "../facts.ts";
import type { ThrottleSubject } from "./throttle.ts";
import { GraphThrottle, resourceUnits } from "./throttle.ts";
import { virtualClock } from "../core/clock.ts";
import { graphDesk } from "./test-desk.ts";

const write: ThrottleSubject = {
  method: "POST",
  path: "/servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo",
  query: {},
  appId: "app",
  tenantId: "tenant",
  userCount: 10,
  limits: [],
};

test("3,000 writes in 150 s for an application and tenant, then a wait of the right length", () => {
  exercises("10.1 write quota 3000 in 150 s");
  const clock = virtualClock();
  const throttle = new GraphThrottle(clock);
  const passed = (subject: ThrottleSubject): boolean => throttle.take(subject).kind === "passed";
  for (let count = 0; count < 3_000; count += 1) expect(passed(write)).toBe(true);
  const refusal = throttle.take(write);
  expect(refusal).toMatchObject({ kind: "refused", retryAfterSeconds: 1, what: "WriteLimitExceeded" });
  expect(passed({ ...write, tenantId: "another" })).toBe(true);
  expect(passed({ ...write, method: "GET" })).toBe(true);
  clock.advance(150_000);
  let again = 0;
  while (passed(write)) again += 1;
  // The refused call counted.
  expect(again).toBe(2_999);
});

test("impatience prolongs the wait", () => {
  exercises("10.1 retrying early counts");
  const wait = (attempts: number): number => {
    const throttle = new GraphThrottle(virtualClock());
    for (let count = 0; count < 3_000; count += 1) throttle.take(write);
    let last = 0;
    for (let count = 0; count < attempts; count += 1) {
      const verdict = throttle.take(write);
      if (verdict.kind === "refused") last = verdict.retryAfterSeconds;
    }
    return last;
  };
  expect([wait(1), wait(201)]).toEqual([1, 11]);
});

const sizes: readonly (readonly [users: number, units: number])[] = [
  [49, 3_500],
  [50, 5_000],
  [500, 5_000],
  [501, 8_000],
];
test.each(sizes)("a tenant of %i users has %i units in 10 s", (userCount, units) => {
  exercises("10.1 resource units by tenant size");
  const throttle = new GraphThrottle(virtualClock());
  const read: ThrottleSubject = { ...write, method: "GET", path: "/groups", userCount };
  let passed = 0;
  while (throttle.take(read).kind === "passed") passed += 1;
  expect(passed).toBe(units);
});

const costs: readonly (readonly [call: string, query: Record<string, string>, units: number])[] = [
  ["/groups/{group-id}/members", {}, 3],
  ["/groups/{group-id}/members", { $select: "id" }, 2],
  ["/groups/{group-id}/members", { $select: "id", $top: "19" }, 1],
  ["/groups/{group-id}/members", { $expand: "memberOf" }, 4],
  ["/groups/{group-id}/transitiveMembers", {}, 5],
  ["/subscribedSkus", {}, 3],
  ["/groups", { $select: "id", $top: "5" }, 1],
];
test.each(costs)("GET %s with %j costs %i", (path, query, units) => {
  exercises("10.1 cost of a call");
  expect(resourceUnits({ method: "GET", path, query })).toBe(units);
});

test("a 429 says how long and whose limit; calls near the limit are warned; limits can be switched off", async () => {
  exercises("10.1 429 says how long", "10.1 warning from 80 percent", "10.1 error body");
  const desk = await graphDesk();
  const told = [];
  for (let count = 0; count < 3_501; count += 1) told.push(await desk.ask("GET", "/groups?$select=id&$top=1"));
  const warned = told.findIndex(({ headers }) => headers["x-ms-throttle-limit-percentage"] !== undefined);
  expect(warned).toBe(Math.ceil(3_500 * 0.8) - 1);
  const { status, headers, body } = await desk.ask("GET", "/groups", { headers: { "client-request-id": "mine" } });
  expect(status).toBe(429);
  expect(headers).toMatchObject({ "retry-after": "1", "x-ms-throttle-information": "ResourceUnitLimitExceeded" });
  expect(body.error).toMatchObject({ code: "TooManyRequests", innerError: { "client-request-id": "mine" } });
  expect(body.error?.innerError?.["request-id"]).toBe(headers["request-id"]);
  desk.world.buckets.isOn = false;
  expect((await desk.ask("GET", "/groups")).status).toBe(200);
}, 60_000);
