<#
.SYNOPSIS
Shared by Proxy and RestartService: which of the two agents a step is for. Follows pass-through-prelude.ps1.
.DESCRIPTION
Reads: the parameter agentKind. Changes: nothing. Sources: agent-host 4 and 14 (service names).
#>
function Get-CloudSyncKindService {
    <# Service name of the agent that the parameter agentKind names. #>
    if ((Get-CloudSyncParameter -Name 'agentKind') -eq 'PassThroughAuthentication') { return $script:PassThroughService }
    return $script:AgentService
}
