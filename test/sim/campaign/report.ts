/** The report of a long campaign, as Markdown. Pure. */
import { figuresLine, type Figures } from "./figures.ts";
import type { SeedRange } from "./random.ts";

export interface SoakResult {
  readonly sources: string;
  readonly range: SeedRange;
  readonly done: number;
  readonly figures: Figures;
  readonly failures: readonly string[];
}

export function soakReport({ sources, range, done, figures, failures }: SoakResult): string {
  return [
    `# Soak: ${done} of ${range.count} seeds from ${range.first}, sources ${sources}`,
    "",
    figuresLine("soak", figures),
    "",
    ...faultTable(figures),
    "",
    `## Failures: ${failures.length}`,
    "",
    ...failures.map((text) => `${text}\n`),
  ].join("\n");
}

/** A row for each sort of trouble or act: in how many plans, how often it struck, in how many of those plans a promise was broken. */
export function faultTable({ sorts }: Pick<Figures, "sorts">): readonly string[] {
  const rows = Object.entries(sorts).sort(([left], [right]) => (left < right ? -1 : 1));
  return [
    "| Trouble or act | Plans | Strikes | Failures |",
    "|---|---:|---:|---:|",
    // What is an act has no strikes of its own; pieces of a watch are not counted.
    ...rows.map(
      ([sort, { plans, strikes, failures }]) =>
        `| ${sort} | ${plans} | ${strikes === 0 ? "" : strikes} | ${failures} |`,
    ),
  ];
}
