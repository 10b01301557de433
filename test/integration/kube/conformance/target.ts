/** What a row is run against. */
import type { ApiRequest } from "../../../../sim/src/kube/server-state.ts";
import type { Answer, Row } from "./row.ts";
import type { Names } from "./normal.ts";

export interface WatchedEvents {
  /** The first `count` events, parsed, and whether the stream ended; waits for them. */
  take(count: number): Promise<Answer>;
  close(): void;
}

export interface Target {
  send(request: ApiRequest): Promise<Answer>;
  watch(path: string): Promise<WatchedEvents | Answer>;
  /** Until the controllers have brought it about. */
  settle(request: ApiRequest, until: (answer: Answer) => boolean): Promise<Answer>;
  compact(): Promise<void>;
}

/** Runs the script and returns everything that was answered. */
export async function run({ steps }: Row, target: Target, names: Names): Promise<readonly Answer[]> {
  const seen: Answer[] = [];
  let watched: WatchedEvents | undefined;
  for (const step of steps) {
    switch (step.do) {
      case "send":
        seen.push(await target.send(filled(step.request(seen), names)));
        break;
      case "watch": {
        const opened = await target.watch(filled(step.path(seen), names));
        if ("take" in opened) watched = opened;
        else seen.push(opened);
        break;
      }
      case "events":
        if (watched === undefined) throw new Error("no watch is open");
        seen.push(await watched.take(step.count));
        break;
      case "settle":
        seen.push(await target.settle(filled(step.request, names), step.until));
        break;
      case "compact":
        await target.compact();
        break;
    }
  }
  watched?.close();
  return seen;
}

function filled<T>(value: T, { namespace, unique }: Names): T {
  const text = JSON.stringify(value).replaceAll("{ns}", namespace).replaceAll("{x}", unique);
  return JSON.parse(text) as T;
}
