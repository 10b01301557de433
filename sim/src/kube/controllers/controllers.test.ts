import fc from "fast-check";
import {
  accepted,
  createWidget,
  deleteWidget,
  patchWidget,
  widgetNames,
  widgetServer,
} from "../../../test/kube/widgets.ts";
import type { StoredWidget } from "../../../test/kube/widgets.ts";
import type { ApiServer } from "../server.ts";

/** Runs what is pending in the order that the numbers choose. */
function settleInOrder(server: ApiServer, choices: readonly number[]): void {
  for (let count = 0; count < 200; count += 1) {
    const steps = server.controllers.pending();
    if (steps.length === 0) return;
    steps[(choices[count % choices.length] ?? 0) % steps.length]?.run();
  }
  throw new Error("the controllers do not settle");
}

const family = (server: ApiServer): readonly StoredWidget[] => {
  const root = createWidget(server, "root");
  const other = createWidget(server, "other");
  const child = createWidget(server, "child", { owners: [root] });
  return [
    root,
    other,
    child,
    createWidget(server, "shared", { owners: [root, other] }),
    createWidget(server, "leaf", { owners: [child] }),
  ];
};

const ENDS: readonly (readonly [policy: string, left: readonly string[]])[] = [
  ["Background", ["other", "shared"]],
  ["Foreground", ["other", "shared"]],
  ["Orphan", ["child", "leaf", "other", "shared"]],
];

test.each(ENDS)("%s: whatever the order of the steps, the same objects are left", (policy, left) => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 20 }), (choices) => {
      const server = widgetServer();
      family(server);
      deleteWidget(server, "root", policy);
      settleInOrder(server, choices);
      expect(widgetNames(server)).toEqual(left);
    }),
    { numRuns: 50 },
  );
});

test("nothing is pending while every owner is there", () => {
  const server = widgetServer();
  family(server);
  expect(server.controllers.pending()).toEqual([]);
});

test("a step that was overtaken does nothing", () => {
  const server = widgetServer();
  const root = createWidget(server, "root");
  createWidget(server, "child", { owners: [root] });
  deleteWidget(server, "root");
  const [step] = server.controllers.pending();
  deleteWidget(server, "child");
  createWidget(server, "child");
  step?.run();
  expect(widgetNames(server)).toEqual(["child"]);
});

test("an owner that was made anew under its name is another one: its former dependents go", () => {
  const server = widgetServer();
  const root = createWidget(server, "root");
  createWidget(server, "child", { owners: [root] });
  deleteWidget(server, "root");
  createWidget(server, "root");
  server.controllers.settle();
  expect(widgetNames(server)).toEqual(["root"]);
});

test("a step does not change an object that was made anew under its name", () => {
  const server = widgetServer();
  const [root, other] = [createWidget(server, "root"), createWidget(server, "other")];
  createWidget(server, "child", { owners: [root, other] });
  deleteWidget(server, "root");
  const [step] = server.controllers.pending();
  deleteWidget(server, "child");
  const reborn = createWidget(server, "child", { owners: [root, other] });
  step?.run();
  expect(server.objects("widgets")).toContain(reborn);
});

test("a namespace goes when its last object is gone, and not before", () => {
  const server = widgetServer();
  createWidget(server, "held", { finalizers: ["example.com/a"] });
  createWidget(server, "free");
  server.handle({ method: "DELETE", path: "/api/v1/namespaces/a" });
  server.controllers.settle();
  expect(widgetNames(server)).toEqual(["held"]);
  const refused = server.handle({
    method: "POST",
    path: "/apis/example.com/v1/namespaces/a/widgets",
    body: { metadata: { name: "late" } },
  });
  expect(refused.status).toBe(403);
  patchWidget(server, "held", { metadata: { finalizers: null } });
  server.controllers.settle();
  expect(server.objects("namespaces")).toEqual([]);
  accepted(server, { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: "a" } } });
  expect(server.controllers.pending()).toEqual([]);
});
