/** The operators' log lines, kept for a failing run's reader and for the search for secrets. Guarantees: bounded; no judgement reads them otherwise. */
import type { Log, LogFields, LogLevel } from "../../../src/runtime/log.ts";

const LINES_MAX = 5_000;

export interface LineLog {
  of(operator: string): Log;
  lines(): readonly string[];
}

export function lineLog(): LineLog {
  let lines: string[] = [];
  const over = (bound: LogFields): Log => {
    const at =
      (level: LogLevel) =>
      (message: string, fields: LogFields = {}): void => {
        if (level === "debug") return;
        lines.push(JSON.stringify({ level, message, ...bound, ...fields }, errorText));
        if (lines.length > 2 * LINES_MAX) lines = lines.slice(-LINES_MAX);
      };
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      with: (fields) => over({ ...bound, ...fields }),
    };
  };
  return { of: (operator) => over({ operator }), lines: () => lines };
}

function errorText(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
