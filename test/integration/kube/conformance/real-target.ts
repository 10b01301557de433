/** The real kube-apiserver of the integration run, by raw requests of its administrator. */
import { readFileSync } from "node:fs";
import { Agent, request as undiciRequest } from "undici";
import type { Dispatcher } from "undici";
import { parse } from "yaml";
import type { ApiRequest } from "../../../../sim/src/kube/server-state.ts";
import type { ControlPlaneFacts } from "../../../support/control-plane.ts";
import { eventually } from "../../../support/eventually.ts";
import type { Answer } from "./row.ts";
import type { Target, WatchedEvents } from "./target.ts";

const EVENTS_TIMEOUT_MS = 20_000;

export interface RealTarget extends Target {
  close(): Promise<void>;
}

/** kube-controller-manager looks for new kinds every 30 s (garbage collector, Sync period): the suite's own are new. */
const COLLECTED_WITHIN_MS = 90_000;

export function realTarget(facts: ControlPlaneFacts): RealTarget {
  const { url, agent, token } = connection(facts);

  async function open(request: ApiRequest): Promise<Dispatcher.ResponseData> {
    return await undiciRequest(url + request.path, {
      method: request.method,
      dispatcher: agent,
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/json",
        "user-agent": request.userAgent ?? "conformance/1.0",
        ...(request.body === undefined ? {} : { "content-type": request.contentType ?? "application/json" }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
  }

  async function send(request: ApiRequest): Promise<Answer> {
    const answer = await open(request);
    const text = await answer.body.text();
    return { status: answer.statusCode, body: parsed(text) };
  }

  return {
    send,
    async watch(path) {
      const answer = await open({ method: "GET", path });
      if (answer.statusCode !== 200) return { status: answer.statusCode, body: parsed(await answer.body.text()) };
      return watching(answer);
    },
    settle: (request, until) =>
      eventually(`the answer to ${request.path}`, () => send(request), until, { timeoutMs: COLLECTED_WITHIN_MS }),
    async compact() {
      const post = (path: string, body: object): Promise<unknown> =>
        fetch(`${facts.etcdUrl}${path}`, { method: "POST", body: JSON.stringify(body) }).then((answer) =>
          answer.json(),
        );
      const key = Buffer.from("x").toString("base64");
      const { header } = (await post("/v3/kv/range", { key })) as { header: { revision: string } };
      await post("/v3/kv/compaction", { revision: header.revision, physical: true });
    },
    close: () => agent.destroy(),
  };
}

function connection({ kubeconfig }: ControlPlaneFacts): {
  readonly url: string;
  readonly agent: Agent;
  readonly token: string;
} {
  const { clusters, users } = parse(readFileSync(kubeconfig, "utf8")) as {
    clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
    users: [{ user: { token: string } }];
  };
  const { server, "certificate-authority-data": authority } = clusters[0].cluster;
  const agent = new Agent({ connect: { ca: Buffer.from(authority, "base64").toString("utf8") }, bodyTimeout: 0 });
  return { url: server, agent, token: users[0].user.token };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function watching(answer: Dispatcher.ResponseData): WatchedEvents {
  const lines: string[] = [];
  let hasEnded = false;
  let wake = (): void => undefined;
  const read = async (): Promise<void> => {
    let rest = "";
    for await (const chunk of answer.body.setEncoding("utf8")) {
      const parts = (rest + String(chunk)).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      wake();
    }
  };
  void read()
    .catch(() => undefined)
    .finally(() => {
      hasEnded = true;
      wake();
    });
  return {
    async take(count) {
      const deadlineMs = performance.now() + EVENTS_TIMEOUT_MS;
      while (lines.length < count && !hasEnded && performance.now() < deadlineMs) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, deadlineMs - performance.now());
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      const events = lines.slice(0, count).map((line) => JSON.parse(line) as unknown);
      return { status: 200, body: { events, hasEnded } };
    },
    close: () => answer.body.destroy(),
  };
}
