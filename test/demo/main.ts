/**
 * The entry of `make demo`, `make up` and `make down`.
 * Guarantees: exit code 0 only if all went well; a failure is told on stderr with the first failing link; Ctrl-C leaves nothing behind.
 */
import { demo } from "./demo.ts";
import { DemoFailure } from "./follow.ts";
import { RUN_DIRECTORY, stopAndRemove } from "./run-directory.ts";
import { down, up } from "./up.ts";

interface Command {
  run(): Promise<void>;
  /** What an interruption must still do. Children that are not detached end with this program. */
  cleanUp?(): Promise<unknown>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  demo: { run: () => demo(process.stdout) },
  up: { run: () => up(process.stdout, RUN_DIRECTORY), cleanUp: () => stopAndRemove(RUN_DIRECTORY) },
  down: { run: () => down(process.stdout, RUN_DIRECTORY) },
};

const INTERRUPTED_EXIT_CODE = 130;
const interruption = new AbortController();

const name = process.argv[2] ?? "";
const command = COMMANDS[name];
if (command === undefined) {
  process.stderr.write(`give one of ${Object.keys(COMMANDS).join(", ")}\n`);
  process.exit(2);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) return;
    interruption.abort();
    process.stderr.write("\ninterrupted: stopping what was started\n");
    const cleaned = command.cleanUp?.() ?? Promise.resolve();
    void cleaned.finally(() => process.exit(INTERRUPTED_EXIT_CODE));
  });
}
try {
  await command.run();
  if (!interruption.signal.aborted) process.exit(0);
} catch (error) {
  if (!interruption.signal.aborted) {
    process.stderr.write(`\n${name} FAILED: ${told(error)}\n`);
    process.exit(1);
  }
}

/** A failure of the demo is a sentence for people; anything else is a defect, told with its place. */
function told(error: unknown): string {
  if (error instanceof DemoFailure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
