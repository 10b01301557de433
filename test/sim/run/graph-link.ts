/**
 * The operator's way to Graph and to the login authority: the one transport that both SDKs use, without sockets.
 * Guarantees: requests of a dead process are never answered; what the world loses shows as a broken connection or as silence.
 */
import type { World } from "../../../sim/src/world.ts";
import type { WireOutcome } from "../../../sim/src/http/wire.ts";
import type { Actor } from "../../../sim/src/virtual/scheduler.ts";
import type { EntraTransport, HttpAnswer, HttpRequest } from "../../../src/entra/transport.ts";
import { GRAPH_DELAY } from "./network.ts";
import type { Network } from "./network.ts";
import type { Fate, OutsideCall, Strikes } from "./outside.ts";
import { siteOfGraph } from "./graph-sites.ts";

export interface GraphLinkOptions {
  readonly world: World;
  readonly cloud: Actor;
  readonly operator: Actor;
  readonly network: Network;
  readonly strikes: Strikes;
  readonly arrived: (call: OutsideCall, fate: Fate, status: number | undefined) => void;
  readonly kill: () => void;
}

export function graphLink(options: GraphLinkOptions): EntraTransport {
  return {
    send: (request, signal) =>
      new Promise((resolve, reject) => {
        const abort = (): void => reject(signal.reason as Error);
        if (signal.aborted) {
          abort();
          return;
        }
        signal.addEventListener("abort", abort, { once: true });
        dispatch(options, request, (answer) => {
          signal.removeEventListener("abort", abort);
          if (answer === "reset") reject(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
          else resolve(answer);
        });
      }),
    close: () => Promise.resolve(),
  };
}

type Settle = (answer: HttpAnswer | "reset") => void;

function dispatch(options: GraphLinkOptions, request: HttpRequest, settle: Settle): void {
  const { network, cloud, operator, strikes, world } = options;
  const call: OutsideCall = { side: "graph", operator: operator.name, ...siteOfGraph(request) };
  const reply = (answer: HttpAnswer | "reset", extraMs = 0): void => {
    const slow = { usualMs: GRAPH_DELAY.usualMs + extraMs, worstMs: GRAPH_DELAY.worstMs + extraMs };
    network.send({ text: `${call.site} answered`, to: operator, delayMs: slow, arrive: () => settle(answer) });
  };
  const answered = (outcome: WireOutcome, fate: Fate): void => {
    options.arrived(call, fate, outcome.kind === "answered" ? outcome.response.status : undefined);
    if (fate.kind === "death") options.kill();
    else if (fate.kind === "lostAnswer" || outcome.kind === "lost") {
      const symptom = fate.kind === "lostAnswer" ? fate.symptom : outcome.kind === "lost" ? outcome.symptom : "reset";
      if (symptom === "reset") reply("reset");
    } else reply(answerOf(outcome), fate.kind === "late" ? fate.delayMs : 0);
  };
  const arrive = (): void => {
    const fate = strikes.fateOf(call);
    if (fate.kind === "lostRequest" || fate.kind === "refused")
      throw new Error("lost and refused requests to Graph are rules of the world's own fault table");
    void world.handleGraph({ ...request, body: request.body ?? "" }).then((outcome) => answered(outcome, fate));
  };
  network.send({
    text: `${operator.name} ${call.site} ${request.url} ${request.body ?? ""}`,
    to: cloud,
    delayMs: GRAPH_DELAY,
    arrive,
  });
}

function answerOf({ response }: WireOutcome & { readonly kind: "answered" }): HttpAnswer {
  return { status: response.status, headers: { ...response.headers }, body: response.body };
}
