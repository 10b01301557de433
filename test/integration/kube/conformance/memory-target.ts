/** The in-memory server: nothing is waited for. */
import { createApiServer } from "../../../../sim/src/kube/server.ts";
import type { ApiServer } from "../../../../sim/src/kube/server.ts";
import type { Answer } from "./row.ts";
import type { Target } from "./target.ts";

export function memoryServer(crds: readonly object[]): ApiServer {
  let uids = 0;
  let nowMs = Date.UTC(2026, 0, 1);
  return createApiServer({
    nowMs: () => (nowMs += 10),
    newUID: () => `00000000-0000-4000-8000-${String((uids += 1)).padStart(12, "0")}`,
    crds,
  });
}

export function memoryTarget(server: ApiServer): Target {
  return {
    send: (request) => Promise.resolve(server.handle(request)),
    watch(path) {
      const lines: string[] = [];
      let hasEnded = false;
      const opened = server.openWatch(
        { method: "GET", path },
        { event: (line) => void lines.push(line), end: () => (hasEnded = true) },
      );
      if (opened.kind === "refused") return Promise.resolve({ status: opened.status, body: opened.body });
      return Promise.resolve({
        take(count) {
          if (lines.length < count) server.bookmarks();
          const body = { events: lines.slice(0, count).map((line) => JSON.parse(line) as unknown), hasEnded };
          return Promise.resolve<Answer>({ status: 200, body });
        },
        close: () => opened.close(),
      });
    },
    settle(request) {
      server.controllers.settle();
      return Promise.resolve(server.handle(request));
    },
    compact() {
      server.compact();
      return Promise.resolve();
    },
  };
}
