/**
 * The entry of `make demo`, `make up` and `make down`.
 * Guarantees: exit code 0 only if all went well; a failure is told on stderr, with the first failing link; Ctrl-C leaves nothing behind.
 */
import { demo } from "./demo.ts";
import { DemoFailure } from "./follow.ts";

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  demo: () => demo(process.stdout),
};

const INTERRUPTED_EXIT_CODE = 130;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    process.stderr.write("\ninterrupted: stopping what was started\n");
    process.exit(INTERRUPTED_EXIT_CODE);
  });
}

const name = process.argv[2] ?? "";
const command = COMMANDS[name];
if (command === undefined) {
  process.stderr.write(`give one of ${Object.keys(COMMANDS).join(", ")}\n`);
  process.exit(2);
}
try {
  await command();
  process.exit(0);
} catch (error) {
  const told =
    error instanceof DemoFailure ? error.message : error instanceof Error ? (error.stack ?? "") : String(error);
  process.stderr.write(`\n${name} FAILED: ${told}\n`);
  process.exit(1);
}
