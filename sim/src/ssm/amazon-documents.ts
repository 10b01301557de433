/** The documents of Amazon's that the world knows, so that any SDK user can run a line on a host without a product document. */
export const AMAZON_DOCUMENTS: readonly { readonly name: string; readonly content: string }[] = [
  {
    name: "AWS-RunPowerShellScript",
    content: JSON.stringify({
      schemaVersion: "2.2",
      description: "Run a PowerShell script or specify the paths to scripts to run.",
      parameters: {
        commands: { type: "StringList", description: "(Required) The commands to run." },
        workingDirectory: { type: "String", default: "", maxChars: 4096 },
        executionTimeout: {
          type: "String",
          default: "3600",
          allowedPattern: "^([1-9][0-9]{0,4}|1[0-6][0-9]{4}|172800)$",
        },
      },
      mainSteps: [
        { action: "aws:runPowerShellScript", name: "runPowerShellScript", inputs: { runCommand: "{{ commands }}" } },
      ],
    }),
  },
];
