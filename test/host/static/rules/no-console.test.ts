import { snippetTests } from "../snippet-table.ts";
import { NO_CONSOLE } from "./no-console.ts";

snippetTests(NO_CONSOLE, {
  bad: [
    ["Write-Host", "Write-Host -Object 'x'\n"],
    ["a transcript", "Start-Transcript -Path 'x'\n"],
    ["a prompt", "Read-Host -Prompt 'x'\n"],
    ["a prompt for a credential", "Get-Credential -Message 'x'\n"],
    ["a trace", "Set-PSDebug -Trace 1\n"],
    ["a line to the host in a pipeline", "$x | out-host\n"],
  ],
  good: [
    [
      "what a step returns",
      "Write-Output -InputObject $x\nWrite-Verbose -Message 'x'\nWrite-CloudSyncChange -Text 'x'\n",
    ],
  ],
});
