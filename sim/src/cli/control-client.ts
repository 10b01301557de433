/** The control API from the other side. Guarantees: a refusal becomes an error with the world's sentence; a wait is bounded. */
import { readFileSync } from "node:fs";

const TIMEOUT_MS = 10_000;

export class WorldUnreachable extends Error {
  override readonly name = "WorldUnreachable";
}

export interface ControlClient {
  ask(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<unknown>;
}

export function controlClient(url: string): ControlClient {
  return {
    async ask(method, path, body) {
      const response = await fetch(new URL(path, url), {
        method,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }).catch((cause: unknown) => {
        throw new WorldUnreachable(`no world answers at ${url}: start one with "cloudsync-world serve"`, { cause });
      });
      const answer: unknown = await response.json();
      if (response.ok) return answer;
      throw new Error(sentenceOf(answer) ?? `the world answered ${response.status}`);
    },
  };
}

function sentenceOf(answer: unknown): string | undefined {
  if (typeof answer !== "object" || answer === null || !("error" in answer)) return undefined;
  return typeof answer.error === "string" ? answer.error : undefined;
}

/** The control URL that `serve` wrote. @throws WorldUnreachable when the file is not there or holds none */
export function controlURLFrom(endpointsFile: string): string {
  try {
    const endpoints: unknown = JSON.parse(readFileSync(endpointsFile, "utf8"));
    if (
      typeof endpoints === "object" &&
      endpoints !== null &&
      "control" in endpoints &&
      typeof endpoints.control === "string"
    ) {
      return endpoints.control;
    }
  } catch (cause) {
    throw new WorldUnreachable(
      `cannot read ${endpointsFile}: start a world with "cloudsync-world serve", or give --control`,
      { cause },
    );
  }
  throw new WorldUnreachable(`${endpointsFile} names no control endpoint`);
}
