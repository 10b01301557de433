/** Who writes: the named field manager, or the program's name before the slash of its user agent. */
import type { Writer } from "./fields/owners.ts";
import type { Kind } from "./kinds.ts";
import { apiVersionOf } from "./kinds.ts";
import { timeText } from "./metadata.ts";
import type { ApiRequest, ServerState } from "./server-state.ts";

const MANAGER_LENGTH_MAX = 128;

export function writerOf(
  state: Pick<ServerState, "nowMs">,
  kind: Kind,
  request: ApiRequest,
  named: { readonly fieldManager?: string | undefined; readonly subresource?: string | undefined },
): Writer {
  const agent = (request.userAgent ?? "").split("/")[0] ?? "";
  const manager = named.fieldManager ?? agent.slice(0, MANAGER_LENGTH_MAX);
  return {
    manager: manager === "" ? "unknown" : manager,
    apiVersion: apiVersionOf(kind),
    subresource: named.subresource,
    time: timeText(state.nowMs()),
  };
}
