/** All scripts together, and which parameters are switches: of our functions from their declarations, of everything else from docs/host-steps.md. */
import type { Library } from "./finding.ts";
import type { Script } from "./script.ts";

/** @param tableSwitches switches of the commands that the trace table has rows for; `undefined` for a command that it lacks */
export function libraryOf(
  scripts: readonly Script[],
  tableSwitches: (command: string) => ReadonlySet<string> | undefined,
): Library {
  const declared = new Map(
    scripts
      .flatMap(({ functions }) => functions)
      .map(({ name, parameters }) => {
        const switches = parameters.filter(({ type }) =>
          /^(system\.management\.automation\.)?switch(parameter)?$/.test(type),
        );
        return [name.toLowerCase(), new Set(switches.map((one) => one.name.toLowerCase()))] as const;
      }),
  );
  return { scripts, switchesOf: (command) => declared.get(command.toLowerCase()) ?? tableSwitches(command) };
}
