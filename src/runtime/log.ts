/**
 * The process's log: JSON on standard output, one line a decision; the message is constant, the facts are fields.
 * Guarantees: no field of a secret-looking name or value is written in clear (S9); a line is bounded whatever the outside sends.
 * Never: writes a full object, throws into the caller.
 */
import { Writable } from "node:stream";
import winston from "winston";
import { redactFields } from "./log-redaction.ts";

export type LogFields = Readonly<Record<string, unknown>>;
export type LogLevel = "error" | "warn" | "info" | "debug";

/** Usual fields: controller, namespace, name, generation, reconcileID, plan, requestID. `info` is a change of state, nothing else. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose lines all carry `fields`. */
  with(fields: LogFields): Log;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Default: standard output. */
  readonly stream?: Writable;
}

export interface ProcessLog extends Log {
  /** Resolves when all lines were handed to the operating system; the last thing before the process ends: later lines are dropped. */
  flush(): Promise<void>;
}

/** A log through winston. `time` is stamped by winston, so that every line of a process is stamped in one place. */
export function processLog({ level, stream = process.stdout }: LogOptions): ProcessLog {
  const { combine, timestamp, json } = winston.format;
  const format = combine(timestamp({ alias: "time" }), dropTimestamp(), json({ deterministic: false }));
  const logger = winston.createLogger({ level, format, exitOnError: false });
  const lines = lineWriter(stream);
  logger.pipe(lines);
  let flushed: Promise<void> | undefined;
  const emit = (lineLevel: LogLevel, message: string, fields: LogFields): void => {
    if (SEVERITY[lineLevel] > SEVERITY[level] || flushed !== undefined) return;
    logger.log({ ...redactFields(fields), level: lineLevel, message });
  };
  return {
    ...logOver(emit, {}),
    flush: () =>
      (flushed ??= new Promise((resolve) => {
        lines.once("finish", resolve);
        logger.end();
      })),
  };
}

/** Takes winston's records and writes their rendered text; ends when the stream has taken them all. */
function lineWriter(stream: Writable): Writable {
  return new Writable({
    objectMode: true,
    write(record: Readonly<Record<symbol, unknown>>, _encoding, done) {
      stream.write(`${String(record[RENDERED])}\n`);
      done();
    },
    final(done) {
      stream.write("", () => done());
    },
  });
}

/** Where winston's formats leave the rendered line (package triple-beam, MESSAGE). */
const RENDERED = Symbol.for("message");

/** winston leaves levels to its transports; a pipe has none. */
const SEVERITY: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

type Emit = (level: LogLevel, message: string, fields: LogFields) => void;

function logOver(emit: Emit, bound: LogFields): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      emit(level, message, { ...bound, ...fields });
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => logOver(emit, { ...bound, ...fields }),
  };
}

/** winston's `timestamp` writes both names; only `time` is kept. */
const dropTimestamp = winston.format((line) => {
  const { timestamp: _timestamp, ...rest } = line;
  return rest;
});

/** A log that keeps nothing; for parts under test that must have one. */
export const silentLog: Log = logOver(() => undefined, {});
