/** Nothing is shown to nobody and nothing is recorded on the side: no host output, no prompt, no transcript, no trace. */
import { findingsOf, type Rule } from "../finding.ts";

const FORBIDDEN: ReadonlyMap<string, string> = new Map([
  ["write-host", "Return facts, or use Write-CloudSyncChange."],
  ["out-host", "Return facts, or use Write-CloudSyncChange."],
  ["out-default", "Return facts, or use Write-CloudSyncChange."],
  ["read-host", "Nobody is there to answer; use a parameter."],
  ["get-credential", "Nobody is there to answer; use Get-CloudSyncSecret."],
  ["start-transcript", "A transcript keeps what was bound to commands, secrets included."],
  ["set-psdebug", "A trace prints every line with its values."],
  ["trace-command", "A trace prints parameters with their values."],
  ["clear-host", "There is no console."],
]);

export const NO_CONSOLE: Rule = {
  name: "no-console",
  find(script) {
    const finding = findingsOf("no-console", script);
    return script.commands.flatMap(({ name, node }) => {
      const fix = FORBIDDEN.get(name?.toLowerCase() ?? "");
      return fix === undefined ? [] : [finding(node, [`${name ?? ""} speaks to a console or records a session.`, fix])];
    });
  },
};
