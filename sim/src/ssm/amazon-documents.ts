/**
 * The documents of Amazon's that the world knows: a line of PowerShell for any SDK user, and the update of the SSM agent.
 * Parameters, defaults and step names are those of the public documents; what the world does not read is left out.
 */
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
  {
    name: "AWS-UpdateSSMAgent",
    content: JSON.stringify({
      schemaVersion: "2.2",
      description: "Update the Amazon SSM Agent to the latest version or specified version.",
      parameters: {
        version: { type: "String", default: "" },
        allowDowngrade: { type: "String", default: "false", allowedValues: ["true", "false"] },
      },
      mainSteps: [
        {
          action: "aws:updateSsmAgent",
          name: "awsupdateSsmAgent",
          inputs: {
            agentName: "amazon-ssm-agent",
            allowDowngrade: "{{ allowDowngrade }}",
            targetVersion: "{{ version }}",
          },
        },
      ],
    }),
  },
];
