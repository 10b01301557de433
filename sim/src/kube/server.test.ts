import { accepted, createWidget, deleteWidget, patchWidget, widgetServer, WIDGETS } from "../../test/kube/widgets.ts";
import type { ApiServer } from "./server.ts";
import { UnsupportedRequest } from "./unsupported.ts";

test("every change raises the one version by one, a write that changes nothing does not", () => {
  const server = widgetServer();
  const before = server.version();
  createWidget(server, "w");
  patchWidget(server, "w", { spec: { size: 2 } });
  patchWidget(server, "w", { spec: { size: 2 } });
  accepted(server, { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: "b" } } });
  expect(server.version()).toBe(before + 3);
});

test("objects are frozen to the last member, and what did not change is shared between versions", () => {
  const server = widgetServer();
  const body = { metadata: { name: "w" }, spec: { size: 1, name: "x" } };
  const first = accepted(server, { method: "POST", path: WIDGETS, body }) as unknown as { spec: object };
  body.spec.size = 9;
  const second = patchWidget(server, "w", { metadata: { labels: { a: "b" } } }) as unknown as { spec: object };
  expect(Object.isFrozen(first.spec)).toBe(true);
  expect(first.spec).toEqual({ size: 1, name: "x" });
  expect(second.spec).toBe(first.spec);
});

test("the same requests give the same answers and events, to the byte", () => {
  const story = (): string => {
    const server = widgetServer();
    const told: string[] = [];
    const path = `${WIDGETS}?watch=true&resourceVersion=${server.version()}`;
    server.openWatch({ method: "GET", path }, { event: (line) => void told.push(line), end: () => undefined });
    const owner = createWidget(server, "o");
    createWidget(server, "w", { owners: [owner] });
    deleteWidget(server, "o", "Foreground");
    server.controllers.settle();
    return JSON.stringify([told, server.objects("widgets")]);
  };
  expect(story()).toBe(story());
});

const REFUSED: readonly (readonly [sentence: string, send: (server: ApiServer) => unknown])[] = [
  ["a resource that is not imitated", (server) => server.handle({ method: "GET", path: "/api/v1/namespaces/a/pods" })],
  ["a selector", (server) => server.handle({ method: "GET", path: `${WIDGETS}?labelSelector=a%3Db` })],
  [
    "a dry run",
    (server) => server.handle({ method: "POST", path: `${WIDGETS}?dryRun=All`, body: { metadata: { name: "w" } } }),
  ],
  [
    "a patch of another type",
    (server) =>
      server.handle({
        method: "PATCH",
        path: `${WIDGETS}/w`,
        contentType: "application/strategic-merge-patch+json",
        body: {},
      }),
  ],
  ["a delete of a collection", (server) => server.handle({ method: "DELETE", path: WIDGETS })],
  [
    "a generated name",
    (server) => server.handle({ method: "POST", path: WIDGETS, body: { metadata: { generateName: "w-" } } }),
  ],
  ["a watch by handle", (server) => server.handle({ method: "GET", path: `${WIDGETS}?watch=true&resourceVersion=1` })],
  [
    "a watch without a version",
    (server) =>
      server.openWatch(
        { method: "GET", path: `${WIDGETS}?watch=true` },
        { event: () => undefined, end: () => undefined },
      ),
  ],
  ["an unknown subresource", (server) => server.handle({ method: "GET", path: `${WIDGETS}/w/exec` })],
];

test.each(REFUSED)("%s ends the run, with the request in the error", (_, send) => {
  const server = widgetServer();
  createWidget(server, "w");
  const attempt = (): unknown => send(server);
  expect(attempt).toThrow(UnsupportedRequest);
});
