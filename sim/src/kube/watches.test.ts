import { createWidget, deleteWidget, patchWidget, widgetServer, WIDGETS } from "../../test/kube/widgets.ts";
import type { ApiServer } from "./server.ts";
import type { OpenWatch } from "./watches.ts";

interface Told {
  readonly lines: string[];
  readonly watch: OpenWatch;
  readonly hasEnded: () => boolean;
}

function watching(server: ApiServer, version = server.version(), more = ""): Told {
  const lines: string[] = [];
  let hasEnded = false;
  const watch = server.openWatch(
    { method: "GET", path: `${WIDGETS}?watch=true&resourceVersion=${version}${more}` },
    { event: (line) => void lines.push(line), end: () => (hasEnded = true) },
  );
  if (watch.kind === "refused") throw new Error(JSON.stringify(watch));
  return { lines, watch, hasEnded: () => hasEnded };
}

const typesOf = ({ lines }: Told): readonly unknown[] =>
  lines.map((line) => (JSON.parse(line) as { type: string }).type);

test("two watches that join at different times see the same text of the same changes, each once", () => {
  const server = widgetServer();
  const early = watching(server);
  const start = server.version();
  createWidget(server, "w");
  patchWidget(server, "w", { spec: { size: 2 } });
  const late = watching(server, start);
  deleteWidget(server, "w");
  expect(typesOf(early)).toEqual(["ADDED", "MODIFIED", "DELETED"]);
  expect(late.lines).toEqual(early.lines);
});

test("a closed watch hears nothing, and its end is not told to who closed it", () => {
  const server = widgetServer();
  const told = watching(server);
  told.watch.close();
  createWidget(server, "w");
  told.watch.end();
  expect(told.lines).toEqual([]);
  expect(told.hasEnded()).toBe(false);
});

test("a watch that closes itself while it is told hears no more", () => {
  const server = widgetServer();
  const lines: string[] = [];
  const opened: OpenWatch[] = [];
  const watch = server.openWatch(
    { method: "GET", path: `${WIDGETS}?watch=true&resourceVersion=${server.version()}` },
    {
      event: (line) => {
        lines.push(line);
        opened[0]?.close();
      },
      end: () => undefined,
    },
  );
  if (watch.kind === "watching") opened.push(watch);
  createWidget(server, "w");
  createWidget(server, "x");
  expect(lines).toHaveLength(1);
});

test("a watch that another one's sink closes hears nothing of that change", () => {
  const server = widgetServer();
  const others: Told[] = [];
  const path = `${WIDGETS}?watch=true&resourceVersion=${server.version()}`;
  server.openWatch({ method: "GET", path }, { event: () => others[0]?.watch.close(), end: () => undefined });
  const other = watching(server);
  others.push(other);
  createWidget(server, "w");
  expect(other.lines).toEqual([]);
});

test("bookmarks go to those who asked", () => {
  const server = widgetServer();
  const asked = watching(server, server.version(), "&allowWatchBookmarks=true");
  const silent = watching(server);
  server.bookmarks();
  expect(typesOf(asked)).toEqual(["BOOKMARK"]);
  expect(silent.lines).toEqual([]);
});

test("a forgotten version is told as 410 and ends the watch; the version of the compaction itself still serves", () => {
  const server = widgetServer();
  const start = server.version();
  createWidget(server, "w");
  server.compact();
  const old = watching(server, start);
  expect(JSON.parse(old.lines[0] ?? "")).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });
  expect(old.hasEnded()).toBe(true);
  const current = watching(server);
  createWidget(server, "x");
  expect(typesOf(current)).toEqual(["ADDED"]);
});

test("pages of a list show its first version whatever is written between them", () => {
  const server = widgetServer();
  for (const name of ["a", "b", "c"]) createWidget(server, name);
  const names: string[] = [];
  let token = "";
  for (let page = 0; page === 0 || token !== ""; page += 1) {
    const path = `${WIDGETS}?limit=1${token === "" ? "" : `&continue=${token}`}`;
    const { body } = server.handle({ method: "GET", path });
    const { items, metadata } = body as { items: { metadata: { name: string } }[]; metadata: { continue?: string } };
    names.push(...items.map((item) => item.metadata.name));
    token = metadata.continue ?? "";
    createWidget(server, `b${page}`);
    if (page === 0) deleteWidget(server, "c");
  }
  expect(names).toEqual(["a", "b", "c"]);
});
