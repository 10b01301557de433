<#
.SYNOPSIS
Drain: stops the agent's service so that a peer takes over at once. Reversible: the start type is left alone, so a restart starts it again.
.DESCRIPTION
Reads: the service's state. Changes: stops it, and waits until Windows says that it is stopped. Leaves: everything else.
Source: agent-host 12 (before terminating a host: stop the service), agent-host 4 (service name).
#>
$script:StopWaitSeconds = 120

Invoke-CloudSyncStep -Name 'Drain' -Probe {
    $state = Get-CloudSyncServiceState -Name $script:AgentService
    Write-CloudSyncNote -Kind found -Text "agent service $state"
    if ($state -eq 'Stopped' -or $state -eq 'Missing') { return @{ agentService = $state } }
} -Change {
    Stop-Service -Name $script:AgentService -NoWait
    Write-CloudSyncChange -Text 'asked the agent service to stop'
    $isStopped = Wait-CloudSyncCondition -Seconds $script:StopWaitSeconds -Condition {
        (Get-CloudSyncServiceState -Name $script:AgentService) -eq 'Stopped'
    }
    if (-not $isStopped) {
        Stop-CloudSyncStep -Class Transient -Reason 'ServiceNotStopped' -Message 'The agent service does not stop.' -Fix 'Read the host''s System event log; tried again.'
    }
}
