/**
 * What the demo says: steps with their time, and a fleet table that refreshes in place on a terminal and is plain lines on change otherwise.
 * Guarantees: on a terminal the cursor never moves above the table's own lines; elsewhere no control sequence is written.
 * Never: judges what it shows.
 */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Narrator {
  /** One line, above whatever table is on the screen. */
  say(line: string): void;
  /** A step with its time, and a word about it while it runs. */
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
  stopping<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** Shows the table: replaced in place on a terminal, else the lines that are new since the last call. */
  show(lines: readonly string[]): void;
  /** Leaves the table standing: what follows is below it. */
  leave(): void;
  /** Lines as they are, once. */
  print(lines: readonly string[]): void;
}

export function narrator(output: Output, nowMs: () => number): Narrator {
  const beganMs = nowMs();
  const isTerminal = output.isTTY === true;
  let shown: readonly string[] = [];

  const clock = (): string => `${((nowMs() - beganMs) / 1_000).toFixed(1).padStart(6)} s`;
  const erase = (): void => {
    if (isTerminal && shown.length > 0) output.write(`\x1b[${shown.length}A\x1b[0J`);
  };
  const draw = (lines: readonly string[]): void => {
    const width = (output.columns ?? 120) - 1;
    for (const line of lines) output.write(`${line.slice(0, width)}\n`);
    shown = lines;
  };
  const say = (line: string): void => {
    const table = shown;
    erase();
    output.write(`${clock()}  ${line}\n`);
    if (isTerminal) draw(table);
  };

  const timed = async <T>(doing: string, done: string, what: string, work: () => Promise<T>): Promise<T> => {
    const startedMs = nowMs();
    const end = (outcome: string): void => {
      if (isTerminal) output.write("\r\x1b[2K");
      say(`${outcome} ${what}  (${((nowMs() - startedMs) / 1_000).toFixed(1)} s)`);
    };
    if (isTerminal) output.write(`${clock()}  ${doing} ${what} ...`);
    try {
      const result = await work();
      end(done);
      return result;
    } catch (error) {
      end(`FAILED ${doing}`);
      throw error;
    }
  };

  return {
    say,
    step: (what, work) => timed("starting", "started", what, work),
    stopping: (what, work) => timed("stopping", "stopped", what, work),
    show(lines) {
      if (isTerminal) {
        erase();
        draw(lines);
        return;
      }
      const fresh = lines.filter((line) => !shown.includes(line));
      for (const line of fresh) output.write(`${clock()}  ${line}\n`);
      shown = lines;
    },
    leave() {
      if (isTerminal) shown = []; // elsewhere it is still known what was said
    },
    print(lines) {
      output.write(`${lines.join("\n")}\n`);
    },
  };
}
