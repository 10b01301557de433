import { ACCESS, NEVER_ABORTED, scriptedEntra } from "../testing/scripted-entra.ts";
import type { Answer, SeenRequest } from "../testing/scripted-transport.ts";
import { graphError } from "../testing/scripted-transport.ts";

const SP = "33333333-3333-4333-8333-333333333333";
const GRAPH = "https://graph.microsoft.com/v1.0";
const assignment = (id: string) => ({ id, appRoleId: "r", principalId: `g-${id}`, principalType: "Group" });
const page = (ids: readonly string[], next?: unknown): Answer => ({
  status: 200,
  body: { value: ids.map(assignment), ...(next === undefined ? {} : { "@odata.nextLink": next }) },
});
const list = (answer: (request: SeenRequest) => Answer) => {
  const { entra, transport } = scriptedEntra(answer);
  return { transport, listing: entra.assignments.list(ACCESS, SP, NEVER_ABORTED) };
};
const link = `${GRAPH}/servicePrincipals/${SP}/appRoleAssignedTo?$top=999&$skiptoken=m~AQ%3D%26x`;

test("links are followed as they came, and the last page makes the list complete", async () => {
  const { transport, listing } = list(({ query }) =>
    query["$skiptoken"] === undefined ? page(["1"], link) : page(["2"]),
  );
  expect(await listing).toMatchObject({ kind: "complete", items: [{ id: "1" }, { id: "2" }] });
  expect(transport.seen[1]?.url).toBe(link);
  expect(transport.seen[0]?.query).toEqual({ $top: "999" });
});

const lies: readonly (readonly [sentence: string, second: Answer, reason: string])[] = [
  ["fails", graphError(503, "serviceNotAvailable"), "ServiceUnavailable"],
  ["is throttled", graphError(429, "TooManyRequests"), "GraphThrottled"],
  ["says success without a list", { status: 200, body: {} }, "ListIncomplete"],
  ["says success with nothing", { status: 200 }, "ListIncomplete"],
  ["leads back to itself", page(["2"], link), "ListIncomplete"],
  ["has an item without an id", { status: 200, body: { value: [{ appRoleId: "r" }] } }, "AnswerUnreadable"],
  ["leads to another host", page(["2"], "https://graph.example.com/v1.0/x"), "ForeignLink"],
  ["leads to plain HTTP", page(["2"], "http://graph.microsoft.com/v1.0/x"), "ForeignLink"],
  ["leads to another port", page(["2"], "https://graph.microsoft.com:8443/v1.0/x"), "ForeignLink"],
  ["leads to a host that only begins alike", page(["2"], "https://graph.microsoft.com.example.com/x"), "ForeignLink"],
  ["has a link with a user", page(["2"], "https://a@graph.microsoft.com/v1.0/x"), "ForeignLink"],
  ["has a link that is none", page(["2"], 7), "ForeignLink"],
];
for (const [sentence, second, reason] of lies) {
  test(`a list whose second page ${sentence} is partial (S6)`, async () => {
    const { transport, listing } = list(({ query }) =>
      query["$skiptoken"] === undefined ? page(["1"], link) : second,
    );
    expect(await listing).toMatchObject({ kind: "partial", failure: { reason } });
    expect(transport.seen).toHaveLength(2);
  });
}

test("a first page that fails is a failed list, and an empty list with success is complete", async () => {
  expect(await list(() => graphError(403, "Authorization_RequestDenied")).listing).toMatchObject({
    kind: "failed",
    failure: { class: "Denied" },
  });
  expect(await list(() => ({ status: 200, body: {} })).listing).toMatchObject({ kind: "failed" });
  expect(await list(() => page([])).listing).toEqual({ kind: "complete", items: [] });
});

test("a list without end is partial at its bound", async () => {
  let number = 0;
  const { entra, transport } = scriptedEntra(() => {
    number += 1;
    return page([String(number)], `${link}-${number}`);
  });
  const listing = await entra.provisioningLog.entries(ACCESS, { jobID: "j", sinceMs: 0 }, NEVER_ABORTED);
  expect(listing.kind).toBe("partial");
  expect(transport.seen.length).toBeLessThanOrEqual(3);
});
