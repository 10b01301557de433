/**
 * The few PowerShell lines that the world understands outside the product's documents, so that any SDK user can try a host.
 * Guarantees: what it does not understand fails as PowerShell would, with an error and exit code 1; it never pretends.
 */
import type { CommandMessage } from "../ssm/agent-port.ts";
import type { Host } from "./host.ts";
import type { ScriptEnd } from "./script.ts";

export function runPlainLines(host: Host, message: CommandMessage): ScriptEnd {
  const output: string[] = [];
  for (const line of message.parameters["commands"] ?? []) {
    const trimmed = line.trim();
    const exit = /^exit (\d{1,5})$/i.exec(trimmed)?.[1];
    if (exit !== undefined) return { exitCode: Number(exit), output: joined(output), errorOutput: "" };
    const printed = printedBy(host, trimmed);
    if (printed === undefined) {
      const errorOutput = `${trimmed.split(" ")[0] ?? ""} : The term is not recognized by the simulated host.`;
      return { exitCode: 1, output: joined(output), errorOutput };
    }
    output.push(...printed);
  }
  return { exitCode: 0, output: joined(output), errorOutput: "" };
}

function printedBy(host: Host, line: string): readonly string[] | undefined {
  if (line === "" || line.startsWith("#")) return [];
  if (/^(hostname|\$env:COMPUTERNAME)$/i.test(line)) return [host.disk.computerName];
  const text = /^(?:Write-Output|Write-Host|echo)\s+(?:"([^"$]*)"|'([^']*)'|([\w.-]+))$/i.exec(line);
  return text === null ? undefined : [text[1] ?? text[2] ?? text[3] ?? ""];
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join("");
}
