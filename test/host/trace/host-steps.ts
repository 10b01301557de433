/** Reads docs/host-steps.md and what it says of switches. */
import { readFileSync } from "node:fs";
import { readTable, type Table } from "./table.ts";

export const HOST_STEPS_FILE = new URL("../../../docs/host-steps.md", import.meta.url);

export function readHostSteps(file: URL = HOST_STEPS_FILE): Table {
  return readTable(readFileSync(file, "utf8"));
}

/** Switches of a command over all its forms, in lower case; undefined when the table lacks the command. */
export function tableSwitches({ rows }: Table): (command: string) => ReadonlySet<string> | undefined {
  return (command) => {
    const forms = rows.flatMap(({ form }) => (form?.command.toLowerCase() === command.toLowerCase() ? [form] : []));
    if (forms.length === 0) return undefined;
    const switches = forms.flatMap(({ parameters }) => parameters.filter(({ isSwitch }) => isSwitch));
    return new Set(switches.map(({ name }) => name.toLowerCase()));
  };
}
