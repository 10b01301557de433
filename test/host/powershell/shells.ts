/** Finds the PowerShells of this machine: Windows PowerShell 5.1, which the hosts use, and PowerShell 7. Never: installs one. */
import { spawnSync } from "node:child_process";

export interface Shell {
  readonly command: string;
  readonly version: string;
}

export function findShells(): readonly Shell[] {
  return ["powershell.exe", "pwsh"].flatMap((command) => {
    const question = ["-NoProfile", "-NonInteractive", "-Command", "$PSVersionTable.PSVersion.ToString()"];
    const { status, stdout } = spawnSync(command, question, { encoding: "utf8", timeout: 60_000 });
    return status === 0 ? [{ command, version: stdout.trim() }] : [];
  });
}
