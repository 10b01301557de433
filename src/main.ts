/**
 * The operator's process: reads its configuration, starts, and ends in order on SIGTERM.
 * Exit codes: 0 asked to end; 1 could not start or lost what it needs; 2 the command line is wrong.
 */
import { readFileSync } from "node:fs";
import { startOperator } from "./process/operator.ts";
import { systemPorts } from "./process/system-ports.ts";
import { buildFacts } from "./runtime/build-facts.ts";
import { parseConfig, REFUSED_EXIT_CODE } from "./runtime/config.ts";
import { processLog } from "./runtime/log.ts";

const reading = parseConfig(
  process.argv.slice(2),
  process.env,
  (path) => readFileSync(path, "utf8"),
  buildFacts().version,
);
if (reading.kind === "shown") {
  process.stdout.write(reading.text);
} else if (reading.kind === "refused") {
  process.stderr.write(`${reading.sentences.join("\n")}\n`);
  process.exitCode = REFUSED_EXIT_CODE;
} else {
  const { config } = reading;
  const log = processLog({ level: config.logLevel });
  for (const [vendor, { nonstandard }] of [
    ["AWS", config.awsEndpoints],
    ["MICROSOFT", config.entra.endpoints],
  ] as const)
    if (nonstandard.length > 0)
      log.warn(`NOT ${vendor}: endpoints of a test or a rehearsal are in use`, { endpoints: nonstandard.join(", ") });
  process.on("unhandledRejection", (error) => {
    log.error("unhandled rejection", { error });
    void log.flush().finally(() => process.exit(1));
  });
  try {
    const operator = await startOperator(config, await systemPorts(config, { log, environment: process.env }));
    process.once("SIGTERM", () => operator.stop("SIGTERM"));
    process.once("SIGINT", () => operator.stop("SIGINT"));
    // The health server holds the process open until the shutdown has ended.
    const exitCode = await operator.ended;
    await log.flush();
    process.exit(exitCode);
  } catch (error) {
    log.error("cannot start", { error: error instanceof Error ? error.message : String(error) });
    await log.flush();
    process.exit(1);
  }
}
