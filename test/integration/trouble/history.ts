/**
 * Everything that happened to the objects of a kind in a namespace, as the API server's watch told it.
 * Guarantees: no state between two writes is missed, and the order is the server's. Never: polls.
 */
import { Agent, request } from "undici";
import { readKubeconfig, type StackObject } from "../../support/stack-api.ts";
import type { Stack } from "../../support/stack.ts";

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: StackObject;
}

export interface History {
  /** Every change since the start; first the objects that were there. */
  readonly changes: readonly Change[];
  stop(): Promise<void>;
}

const PLURALS = { pools: "cloudsyncagentpools", agents: "cloudsyncagents", domains: "addomains" } as const;

export async function recordHistory(stack: Stack, kind: keyof typeof PLURALS, namespace: string): Promise<History> {
  const { server, authority, token } = readKubeconfig(stack.controlPlane.kubeconfig);
  const dispatcher = new Agent({ connect: { ca: authority } });
  const ends = new AbortController();
  const path = `/apis/cloudsync.dev/v1alpha1/namespaces/${namespace}/${PLURALS[kind]}?watch=true&timeoutSeconds=600`;
  const answer = await request(server + path, {
    dispatcher,
    headers: { authorization: `Bearer ${token}` },
    signal: ends.signal,
    bodyTimeout: 0,
  });
  if (answer.statusCode !== 200) throw new Error(`watch ${path}: ${answer.statusCode}`);
  const changes: Change[] = [];
  const reading = readLines(answer.body, (line) => changes.push(JSON.parse(line) as Change)).catch((error: unknown) => {
    if (!ends.signal.aborted) throw error;
  });
  return {
    changes,
    async stop() {
      ends.abort();
      await reading;
      await dispatcher.destroy();
    },
  };
}

async function readLines(body: AsyncIterable<Buffer>, take: (line: string) => void): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    lines.filter((line) => line !== "").forEach(take);
  }
}
