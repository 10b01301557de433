/** The table on the terminal and the page docs/benchmarks.md, from the same figures. Pure. */
import type { Figure } from "./figures.ts";
import type { MachineFacts } from "./machine.ts";

export interface MeasuredFigure extends Figure {
  /** Load average of the machine before and after the row. */
  readonly load: string;
}

export function tableOf(figures: readonly MeasuredFigure[]): string {
  const cells = figures.map(({ row, name, measured, target, verdict, load }) => [
    String(row),
    name,
    measured,
    target,
    verdict,
    load,
  ]);
  const head = ["row", "figure", "measured", "target", "", "load"];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => (line[column] ?? "").length)),
  );
  const text = [head, ...cells].map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const notes = figures.flatMap(({ name, notes: lines }) => lines.map((line) => `- ${name}: ${line}`));
  return [...text, "", ...notes].join("\n");
}

export function documentOf(figures: readonly MeasuredFigure[], { text }: MachineFacts): string {
  const lines = figures.map(
    ({ name, measured, target, verdict, load }) => `| ${name} | ${measured} | ${target} | ${verdict} | ${load} |`,
  );
  const notes = figures
    .filter(({ notes: own }) => own.length > 0)
    .flatMap(({ name, notes: own }) => [`**${name}**`, "", ...own.map((note) => `- ${note}`), ""]);
  return `${HEAD}
Measured ${text}

| Figure | Measured | Target | | Load average |
|---|---|---|---|---|
${lines.join("\n")}

## What stands behind the figures

${notes.join("\n")}${FOOT}`;
}

const HEAD = `# Benchmarks

\`make bench\` measures all of this on a real etcd and API server, a simulated world in a process of its own, and the shipped bundle under the chart's RBAC.
\`ROWS=1,2 make bench\` measures some rows and leaves this page alone. Written by the program ([performance.md](performance.md) says where time, memory and writes go); every single value is in \`.run/bench/\`.
`;

const FOOT = `## How to read them

- The lower bound of "apply to 3 Ready" is made of durations that the world recorded itself: launch to online, then delivery and run of Preflight, Join (its restart included)
  and Install side by side; Register and Configure one host after the other; one probe at the end. \`test/bench/timeline.ts\` has the formula.
- AWS's own delays take about a quarter of an hour. The operator runs on real time, so a faster world alone would change the proportion between the
  world's delays and the operator's waits: both are divided by the same number instead. What does not shrink is the work itself (API calls, passes), which weighs ten times as
  much as in production. \`BENCH_REAL=1 ROWS=2 make bench\` measures with AWS's delays and default flags as they are.
- RSS is VmRSS of /proc; MB are 10^6 bytes.
- The load average is the machine's, over a minute, before and after the row. The control plane needs about a core while a fleet is built: with other work beside it, row 3
  is a figure of the machine more than of the operator.
`;
