<#
.SYNOPSIS
RestartService: ends with the agent's service running. A drained service is started too: that is how a drain is undone.
.DESCRIPTION
Reads: the service, its start type and account; when it does not start, the secure channel and the gMSA. Changes: restarts one service. Leaves: its
start type and account. Safe at any point: one operation restarts once, an interrupted one once more.
Sources: agent-host 4 and 14 (service names), 6.5 (1069: the logon right is missing), 9 (Test-ADServiceAccount, secure channel).
#>
$script:StartWaitSeconds = 120

function Assert-Startable {
    <# Ends the step when there is no such service or somebody disabled it. #>
    $service = Get-CimInstance -ClassName Win32_Service -Filter ("Name='{0}'" -f (Get-CloudSyncKindService))
    if ($null -eq $service) {
        Stop-CloudSyncStep -Class Permanent -Reason 'AgentNotInstalled' -Message 'No such agent is installed.' -Fix 'Install it.'
    }
    Write-CloudSyncNote -Kind found -Text ('service {0}, start {1}' -f $service.State, $service.StartMode)
    if ([string]$service.StartMode -eq 'Disabled') {
        Stop-CloudSyncStep -Class Person -Reason 'ServiceDisabled' -Message 'Somebody disabled the service.' -Fix 'Set it to Automatic.'
    }
}

function Stop-NotStarted {
    <# Ends the step and says why the service did not log on, as far as a host can tell. #>
    param([Parameter(Mandatory = $true)][string]$Evidence)
    $account = Get-CloudSyncServiceAccount -Name (Get-CloudSyncKindService)
    $system = Get-CimInstance -ClassName Win32_ComputerSystem
    if (-not $account.EndsWith('$') -or -not $system.PartOfDomain) {
        Stop-CloudSyncStep -Class Transient -Reason 'ServiceNotStarted' -Message 'The service did not start.' -Fix 'Look at the host''s events.' -Evidence $Evidence
    }
    $server = Get-CloudSyncDomainController -DomainName (([string]$system.Domain).ToLowerInvariant())
    if (-not (Test-ComputerSecureChannel -Server $server)) {
        Stop-CloudSyncStep -Class Permanent -Reason 'DomainNotTrusted' -Message 'The domain does not trust the host any more.' -Fix 'Replace it.' -Evidence $Evidence
    }
    if (-not (Test-ADServiceAccount -Identity $account.Substring($account.LastIndexOf('\') + 1))) {
        Stop-CloudSyncStep -Class Transient -Reason 'TestADServiceAccountFalse' -Message 'The host cannot read the gMSA''s password.' -Fix 'Restart the host; if that does not help, look at the host group.' -Evidence $Evidence
    }
    # 1069: ERROR_SERVICE_LOGON_FAILED; the password can be read, so the right to log on is what is missing.
    if ($Evidence -match 'code 1069') {
        Stop-CloudSyncStep -Class Person -Reason 'ServiceLogonDenied' -Message 'The service did not log on (1069).' -Fix 'Allow logon as a service.' -Evidence $Evidence
    }
    Stop-CloudSyncStep -Class Transient -Reason 'ServiceNotStarted' -Message 'The service did not start.' -Fix 'Look at the host''s events.' -Evidence $Evidence
}

Invoke-CloudSyncStep -Name 'RestartService' -Probe {
    # A running service proves nothing here: this operation is asked to restart it.
    Assert-Startable
} -Change {
    $name = Get-CloudSyncKindService
    Write-CloudSyncChange -Text 'asked the service to restart'
    try {
        Restart-Service -Name $name
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        Stop-NotStarted -Evidence $fault.Text
    }
    $isRunning = Wait-CloudSyncCondition -Seconds $script:StartWaitSeconds -Condition { (Get-CloudSyncServiceState -Name $name) -eq 'Running' }
    if (-not $isRunning) { Stop-NotStarted -Evidence ('the service is {0}' -f (Get-CloudSyncServiceState -Name $name)) }
    return @{ agentService = 'Running' }
}
