/**
 * Raw requests to the API server of the tests, as the administrator: fast, and the answer is what the server said.
 * Never: a typed model in between, which drops fields of CRDs.
 */
import { readFileSync } from "node:fs";
import { Agent, request } from "undici";
import { parse } from "yaml";
import type { KubectlTarget } from "../../support/kubectl.ts";
import type { Manifest } from "./manifest.ts";

export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

export interface Cause {
  readonly field: string;
  readonly message: string;
}

export class ApiServer {
  readonly #url: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor({ kubeconfig }: Pick<KubectlTarget, "kubeconfig">) {
    const { clusters, users } = parse(readFileSync(kubeconfig, "utf8")) as {
      clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
      users: [{ user: { token: string } }];
    };
    const { server, "certificate-authority-data": authority } = clusters[0].cluster;
    this.#url = server;
    this.#token = users[0].user.token;
    this.#agent = new Agent({ connect: { ca: Buffer.from(authority, "base64").toString("utf8") } });
  }

  async send(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: object): Promise<Answer> {
    const answer = await request(`${this.#url}${path}`, {
      method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.#token}`,
        "content-type": "application/json",
        accept: "application/json",
      },
      bodyTimeout: 10_000,
      headersTimeout: 10_000,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { code: answer.statusCode, body: await answer.body.json() };
  }

  /** Sends a manifest without keeping it; unknown fields are refused, as `kubectl --validate=strict` asks. */
  async tryCreate(collection: string, manifest: Manifest): Promise<Answer> {
    return this.send("POST", `${collection}?dryRun=All&fieldValidation=Strict`, manifest);
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}

/** What a Status object says was wrong, field by field. */
export function causesOf({ body }: Answer): readonly Cause[] {
  const { details } = body as { details?: { causes?: readonly { field?: string; message?: string }[] } };
  return (details?.causes ?? []).map(({ field = "", message = "" }) => ({ field, message }));
}
